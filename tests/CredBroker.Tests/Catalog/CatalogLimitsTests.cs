using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog;

/// <summary>Everything that a catalog may have many of has a most: one more is refused, in one error.</summary>
public sealed class CatalogLimitsTests
{
    [Theory]
    [InlineData("resources", 64)]
    [InlineData("one_of", 64)]
    [InlineData("actions of a tool", 64)]
    [InlineData("parameters", 32)]
    [InlineData("audiences", 8)]
    [InlineData("trust domains", 64)]
    [InlineData("attest", 16)]
    [InlineData("groups", 32)]
    [InlineData("claims", 16)]
    [InlineData("allow", 256)]
    [InlineData("members", 256)]
    [InlineData("admins", 256)]
    [InlineData("approver groups", 256)]
    [InlineData("tools", 1_000)]
    [InlineData("workloads", 2_000)]
    [InlineData("roles", 4)]
    public void There_is_a_most(string what, int most)
    {
        if (what != "roles") // there are only four to name
            Assert.IsType<CatalogReading.Valid>(CatalogText.Read(With(what, most)));

        var error = Assert.Single(CatalogText.Problems(CatalogText.Read(With(what, most + 1))), p => p.Kind == OutOfRange);
        Assert.Contains($"has {most + 1} entries; expected at most {most}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_entries_of_an_allow_list_together_have_a_most()
    {
        var actions = string.Join(", ", Enumerable.Range(0, 64).Select(i => $"a{i}"));

        Assert.Equal(1_024, CatalogText.Valid(Of(16)).Catalog.Workloads.Values.Single().Allow.Capabilities.Length);
        CatalogText.AssertProblems(Of(17).Replace("allow: [", "allow: §[", StringComparison.Ordinal), (OutOfRange, "too many capabilities"));

        string Of(int entries) => CatalogText.Of(
            tools: $"tools: {{t: {{audience: a, data: public, egress: false, actions: {{{string.Join(", ", Enumerable.Range(0, 64).Select(i => $"a{i}: {{risk: read}}"))}}}}}}}",
            workloads: $$"""
                workloads:
                  w:
                    spiffe_id: spiffe://example.test/w
                    owner: o
                    class: c
                    attest: [{join_token: true}]
                    allow: [{{string.Join(", ", Enumerable.Range(0, entries).Select(i => $"{{tool: t, actions: [{actions}], resource: r{i}}}"))}}]
                """);
    }

    private static string With(string what, int count) => what switch
    {
        "resources" => Tool($"{{a: {{risk: read, resources: [{List(count, "r{0}")}]}}}}"),
        "one_of" => Tool($"{{a: {{risk: read, parameters: {{p: {{one_of: [{List(count, "v{0}")}]}}}}}}}}"),
        "actions of a tool" => Tool($"{{{List(count, "a{0}: {{risk: read}}")}}}"),
        "parameters" => Tool($"{{a: {{risk: read, parameters: {{{List(count, "p{0}: bool")}}}}}}}"),
        "audiences" => TrustDomains($"more.test: {{jwt: {{profile: jwt_svid, jwks_file: keys.json, audiences: [{List(count, "a{0}")}]}}}}"),
        "trust domains" => TrustDomains(List(count - 2, "d{0}: {{}}")),
        "attest" => Workload(attest: List(count, "{{unix: {{uid: {0}}}}}")),
        "groups" => Workload(attest: $"{{unix: {{groups: [{List(count, "{0}")}]}}}}"),
        "claims" => Workload(attest: $"{{jwt: {{trust_domain: ci.example.test, claims: {{{List(count, "c{0}: v")}}}}}}}"),
        "allow" => Workload(allow: List(count, "{{tool: tickets, actions: [close], resource: r{0}}}")),
        "admins" => CatalogText.Of(rest: $"admins: {{{List(count, "a{0}: {{uid: 7{0}, roles: [viewer]}}")}}}"),
        "roles" => CatalogText.Of(rest: "admins: {a: {uid: 7, roles: [viewer, operator, approver, policy_admin, viewer]}}"),
        "members" => Approvers(count, $"g: [{List(count, "a{0}")}]"),
        "approver groups" => Approvers(1, List(count, "g{0}: [a0]")),
        "tools" => CatalogText.Of(tools: $"tools: {{{List(count, "t{0}: {{audience: a, data: public, egress: false, actions: {{}}}}")}}}", workloads: ""),
        "workloads" => CatalogText.Of(workloads: "workloads:\n" +
            string.Concat(Enumerable.Range(0, count).Select(i => $"  w{i}: {{spiffe_id: spiffe://example.test/{i}, owner: o, class: c, attest: [{{join_token: true}}]}}\n"))),
        _ => throw new ArgumentException(what),
    };

    private static string Tool(string actions) =>
        CatalogText.Of(tools: $"tools: {{t: {{audience: a, data: public, egress: false, actions: {actions}}}}}", workloads: "");

    private static string TrustDomains(string more) => CatalogText.Of(workloads: "", trustDomains: $$"""
        trust_domains:
          a.test: {x509: {bundle_file: bundle.pem} }
          b.test: {jwt: {profile: jwt_svid, jwks_file: keys.json, audiences: [a]} }
        """ + string.Concat(Split(more).Select(d => $"\n  {d}")));

    private static string[] Split(string more) => more.Contains("jwt", StringComparison.Ordinal) ? [more] : more.Split(", ");

    private static string Workload(string attest = "{join_token: true}", string? allow = null) => CatalogText.Of(workloads: $$"""
        workloads:
          w:
            spiffe_id: spiffe://example.test/w
            owner: o
            class: c
            attest: [{{attest}}]
        """ + (allow is null ? "" : $"\n    allow: [{allow}]"));

    // The administrators' own limit is met too, so a member more than it allows is a group's business only up to there.
    private static string Approvers(int admins, string groups) => CatalogText.Of(
        rest: $"admins: {{{List(Math.Min(admins, 256), "a{0}: {{uid: 7{0}, roles: [approver]}}")}}}\napprover_groups: {{{groups}}}");

    private static string List(int count, string format) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i)));
}
