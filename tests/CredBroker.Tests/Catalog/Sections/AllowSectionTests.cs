using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class AllowSectionTests
{
    private const string Tools = """
        tools:
          tickets:
            audience: https://tickets.example.test
            data: internal
            egress: false
            actions:
              read: {risk: read, resources: [acme/**, umbrella/*], parameters: {state: {one_of: [open, closed]}, query: string, limit: {min: 1, max: 9}}}
              write: {risk: write, parameters: {query: string, dry_run: bool, branch: {prefix: feature/}}}
              list: {risk: read}
        """;

    [Fact]
    public void An_entry_gives_one_capability_for_each_action()
    {
        var allow = Allow("{tool: tickets, actions: [write, list], resource: acme/*}", "{tool: tickets, actions: [list], resource: umbrella/x}");

        Assert.Equal(
            ["tickets.write acme/*", "tickets.list acme/*", "tickets.list umbrella/x"],
            allow.Capabilities.Select(c => $"{c.Tool}.{c.Action} {c.Resource}"));
    }

    [Fact]
    public void Parameters_left_open_keep_the_bounds_of_the_action()
    {
        var capability = Allow("{tool: tickets, actions: [read], resource: acme/a, parameters: {state: {one_of: [open]}}}").Capabilities.Single();

        Assert.Equal(["limit", "state"], capability.Parameters.Select(p => p.Name.ToString()));
        Assert.Equal(new[] { "open" }, ((ParameterConstraint.StringSet)capability.Parameters[1].Constraint).Values);
        Assert.Equal(9, ((ParameterConstraint.LongRange)capability.Parameters[0].Constraint).Max);
    }

    [Theory]
    [InlineData("read", "query: {one_of: [a, b]}")]
    [InlineData("read", "query: {prefix: a}")]
    [InlineData("read", "limit: {min: 9, max: 9}")]
    [InlineData("write", "dry_run: true")]
    [InlineData("write", "branch: {prefix: feature/a}")]
    [InlineData("write", "branch: {one_of: [feature/a, feature/b]}")]
    public void A_constraint_may_narrow_what_the_action_declares(string action, string parameter)
    {
        var entry = $"{{tool: tickets, actions: [{action}], resource: acme/a, parameters: {{{parameter}}}}}";
        Assert.Contains(Allow(entry).Capabilities.Single().Parameters, p => parameter.StartsWith($"{p.Name}:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("§{actions: [list], resource: a}", MissingKey, "\"tool\" is missing in an allow-list entry")]
    [InlineData("§{tool: tickets, resource: a}", MissingKey, "\"actions\" is missing")]
    [InlineData("§{tool: tickets, actions: [list]}", MissingKey, "\"resource\" is missing")]
    [InlineData("{tool: §ticket, actions: [list], resource: a}", Dangling, "tool \"ticket\" is not declared; did you mean \"tickets\"?")]
    [InlineData("{tool: tickets, actions: [§lits], resource: a}", Dangling, "tool \"tickets\" has no action \"lits\"; did you mean \"list\"?")]
    [InlineData("{tool: tickets, actions: §list, resource: a}", WrongType, "\"actions\" is list; expected a list")]
    [InlineData("{tool: tickets, actions: §[], resource: a}", OutOfRange, "empty list")]
    [InlineData("{tool: tickets, actions: [list, §list], resource: a}", DuplicateName, "action \"list\"")]
    [InlineData("{tool: tickets, actions: [list], resource: §a/../b}", BadPattern, "\"resource\" is \"a/../b\"")]
    [InlineData("{tool: tickets, actions: [list], resource: §'*/a'}", BadPattern, "the last segment may be *")]
    [InlineData("{tool: tickets, actions: [list], resource: §a/***}", BadPattern, "the last segment may be *")]
    [InlineData("{tool: tickets, actions: [list], resource: §a//b}", BadPattern, "\"resource\" is \"a//b\"")]
    [InlineData("{tool: tickets, actions: [read], resource: §'**'}", OutOfRange, "wider than action \"tickets.read\" allows; expected within acme/** or umbrella/*")]
    [InlineData("{tool: tickets, actions: [list], resource: a, parameters: {§query: {one_of: [x]}}}", Dangling, "action \"tickets.list\" has no parameter \"query\"")]
    [InlineData("{tool: tickets, actions: [read], resource: acme/a, parameters: {§stat: {one_of: [x]}}}", Dangling, "did you mean \"state\"?")]
    [InlineData("{tool: tickets, actions: [read], resource: acme/a, parameters: {query: §true}}", WrongType, "parameter \"query\" of action \"tickets.read\" is a string")]
    [InlineData("{tool: tickets, actions: [read], resource: acme/a, parameters: {limit: §{one_of: ['1']}}}", WrongType, "expected a constraint on a long")]
    [InlineData("{tool: tickets, actions: [write], resource: acme/a, parameters: {dry_run: §{min: 0, max: 1}}}", WrongType, "is a bool")]
    [InlineData("{tool: tickets, actions: [read], resource: acme/a, parameters: {state: §{one_of: [open, lost]}}}", OutOfRange, "wider than action \"tickets.read\" declares it; expected one of \"closed\", \"open\"")]
    [InlineData("{tool: tickets, actions: [read], resource: acme/a, parameters: {limit: §{min: 0, max: 5}}}", OutOfRange, "expected 1 to 9")]
    [InlineData("{tool: tickets, actions: [write], resource: acme/a, parameters: {branch: §{prefix: f}}}", OutOfRange, "expected text that starts with \"feature/\"")]
    [InlineData("{tool: tickets, actions: [write], resource: acme/a, parameters: {branch: §string}}", WrongType, "parameter \"branch\" is string; expected true or false")]
    [InlineData("{tool: tickets, actions: [list], resource: a, §resources: [b]}", UnknownKey, "did you mean \"resource\"?")]
    public void Mistakes_are_told_with_their_place(string entry, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(With(entry), (kind, says));

    [Fact]
    public void The_same_words_twice_are_refused() =>
        CatalogText.AssertProblems(
            With("{tool: tickets, actions: [list], resource: a}", "§{tool: tickets, actions: [write, list], resource: a}"),
            (DuplicateName, "action \"list\" is already allowed in the same words"));

    [Fact]
    public void A_constraint_must_fit_every_action_of_its_entry() =>
        CatalogText.AssertProblems(
            With("{tool: tickets, actions: [read, write, list], resource: acme/a, parameters: {§query: {prefix: a}}}"),
            (Dangling, "action \"tickets.list\" has no parameter \"query\""));

    private static AllowList Allow(params string[] entries) => CatalogText.Valid(With(entries)).Catalog.Workloads.Values.Single().Allow;

    private static string With(params string[] entries) => CatalogText.Of(tools: Tools, workloads: $$"""
        workloads:
          w:
            spiffe_id: spiffe://example.test/w
            owner: o
            class: c
            attest: [{join_token: true}]
            allow:
              - {{string.Join("\n      - ", entries)}}
        """);
}
