using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class WorkloadsSectionTests
{
    private const string Complete = "spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: [{join_token: true}]";

    [Fact]
    public void A_workload_is_found_by_its_identity_with_everything_that_decisions_need()
    {
        var catalog = CatalogText.Valid(CatalogText.Of(workloads: """
            workloads:
              tickets-api:
                spiffe_id: spiffe://example.test/tickets
                owner: Zoë from support
                class: backend
                attest:
                  - join_token: true
                serves: [https://tickets.example.test]
                limits: { live_tasks: 3, max_time_to_live: 2h, children: 0 }
            """, rest: """
            broker: { limits: { calls_per_second: 7, live_tasks: 5 } }
            """)).Catalog;

        var workload = catalog.FindWorkload(Id("spiffe://example.test/tickets"))!;
        Assert.Equal(("tickets-api", "Zoë from support", "backend"), (workload.Name.ToString(), workload.Owner, workload.Class.ToString()));
        Assert.Equal(["https://tickets.example.test"], workload.Serves);
        Assert.Equal(new WorkloadLimits(3, 7, TimeSpan.FromHours(2), 1_000, 0), workload.Limits);
        Assert.Empty(catalog.AllowedTo(workload.SpiffeId)!.Capabilities);
        Assert.Null(catalog.FindWorkload(Id("spiffe://example.test/other")));
        Assert.Null(catalog.AllowedTo(Id("spiffe://example.test/other")));
    }

    [Theory]
    [InlineData("§w: {owner: o, class: c, attest: [{join_token: true}]}", MissingKey, "\"spiffe_id\" is missing in workload \"w\"")]
    [InlineData("§w: {spiffe_id: spiffe://example.test/a, class: c, attest: [{join_token: true}]}", MissingKey, "\"owner\" is missing")]
    [InlineData("§w: {spiffe_id: spiffe://example.test/a, owner: o, attest: [{join_token: true}]}", MissingKey, "\"class\" is missing")]
    [InlineData("§w: {spiffe_id: spiffe://example.test/a, owner: o, class: c}", MissingKey, "\"attest\" is missing")]
    [InlineData("w: {spiffe_id: spiffe://example.test/a, owner: §'', class: c, attest: [{join_token: true}]}", BadText, "1 to 128 characters")]
    [InlineData("w: {spiffe_id: spiffe://example.test/a, §owner: , class: c, attest: [{join_token: true}]}", MissingKey, "\"owner\" has no value")]
    [InlineData("w: {spiffe_id: spiffe://example.test/a, owner: o, class: §C, attest: [{join_token: true}]}", BadText, "\"class\" is C")]
    [InlineData("w: {spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: §[]}", OutOfRange, "\"attest\" is an empty list")]
    [InlineData("w: {spiffe_id: §spiffe://example.test, owner: o, class: c, attest: [{join_token: true}]}", BadText, "a SPIFFE ID with a path")]
    [InlineData("w: {spiffe_id: §SPIFFE://example.test/a, owner: o, class: c, attest: [{join_token: true}]}", BadText, "a SPIFFE ID with a path")]
    [InlineData("w: {spiffe_id: §spiffe://exmaple.test/a, owner: o, class: c, attest: [{join_token: true}]}", Dangling, "did you mean \"example.test\"?")]
    [InlineData($"w: {{{Complete}, §server: [x]}}", UnknownKey, "unknown key \"server\" in workload \"w\"; expected spiffe_id, owner, class, attest, allow, serves or limits; did you mean \"serves\"?")]
    [InlineData($"w: {{{Complete}, serves: [§https://ticket.example.test]}}", Dangling, "did you mean \"https://tickets.example.test\"?")]
    [InlineData($"w: {{{Complete}, serves: [https://tickets.example.test, §https://tickets.example.test]}}", DuplicateName, "audience \"https://tickets")]
    [InlineData($"w: {{{Complete}, limits: {{live_tasks: §0}}}}", OutOfRange, "\"live_tasks\" is 0; expected a whole number from 1 to 100000")]
    [InlineData($"w: {{{Complete}, limits: {{calls_per_second: §100001}}}}", OutOfRange, "from 1 to 100000")]
    [InlineData($"w: {{{Complete}, limits: {{max_budget: §-1}}}}", OutOfRange, "from 1 to 1000000")]
    [InlineData($"w: {{{Complete}, limits: {{max_budget: §\"5\"}}}}", WrongType, "a whole number")]
    [InlineData($"w: {{{Complete}, limits: {{children: §1001}}}}", OutOfRange, "from 0 to 1000")]
    [InlineData($"w: {{{Complete}, limits: {{max_time_to_live: §25h}}}}", OutOfRange, "from 1s to 1d")]
    [InlineData($"w: {{{Complete}, limits: {{§max_ttl: 1h}}}}", UnknownKey, "unknown key \"max_ttl\" in \"limits\"")]
    public void Mistakes_are_told_with_their_place(string workload, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(workloads: $"workloads:\n  {workload}\n"), (kind, says));

    [Fact]
    public void Two_workloads_do_not_share_an_identity() => CatalogText.AssertProblems(CatalogText.Of(workloads: """
        workloads:
          a: {spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: [{join_token: true}]}
          b: {spiffe_id: §spiffe://example.test/a, owner: o, class: c, attest: [{join_token: true}]}
        """), (DuplicateName, "SPIFFE ID \"spiffe://example.test/a\" is already given on line 34"));

    [Fact]
    public void A_name_given_twice_is_refused() => CatalogText.AssertProblems(CatalogText.Of(workloads: $$"""
        workloads:
          w: { {{Complete}} }
          §w: { {{Complete}} }
        """), (DuplicateKey, "\"w\" is already given on line 34"));

    [Fact]
    public void A_tool_that_cannot_be_read_is_not_held_against_those_who_name_it() => CatalogText.AssertProblems(CatalogText.Of(tools: """
        tools:
          tickets: {audience: §[], data: public, egress: false, actions: {read: {risk: read}, close: {risk: §wriet}}}
          mail: §nothing
        """, workloads: $$"""
        workloads:
          w:
            {{Complete.Replace(", ", "\n    ", StringComparison.Ordinal)}}
            serves: [https://tickets.example.test]
            allow:
              - {tool: tickets, actions: [read, close], resource: a}
              - {tool: mail, actions: [send], resource: a}
              - {tool: tickets, actions: [§open], resource: a}
        """), (WrongType, "\"audience\" is a list"), (WrongType, "did you mean \"write\"?"), (WrongType, "tool \"mail\" is nothing"),
        (Dangling, "tool \"tickets\" has no action \"open\""));

    private static SpiffeId Id(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new ArgumentException(text);
}
