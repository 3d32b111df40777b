using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary>The engine against a second evaluator that knows neither indexes nor hashes nor compiled code.</summary>
public sealed class ReferenceTests(ITestOutputHelper output)
{
    private static readonly EntityStore s_typed = TypedStore();

    [Fact]
    public void Every_expression_has_the_value_that_the_rules_give_it()
    {
        var reference = new Reference(Sample.Request, Sample.Store);

        Properties.Hold(Prop.ForAll(Trees.Expressions, tree => AreSame(reference.Evaluate(tree), Reference.Plain(Value(tree, Sample.Request, Sample.Store)))), 10_000);
    }

    [Fact]
    public void Every_condition_that_is_mostly_well_typed_comes_to_what_the_rules_say()
    {
        var requests = new[] { "{\"c\": 1}", "{\"c\": 2, \"co\": \"a\", \"from\": {\"__entity\": {\"type\": \"User\", \"id\": \"b\"}}}" }
            .Select(context => new CedarRequest(EntityUid.Of("User", "a"), EntityUid.Of("Action", "view"), EntityUid.Of("Doc", "d"), Sample.ContextOf(context))).ToArray();
        var (values, all) = (0, 0);

        Properties.Hold(Prop.ForAll(TypedText.Conditions.ToArbitrary(), condition =>
        {
            var tree = Make.Expression(condition);
            foreach (var request in requests)
            {
                var expected = new Reference(request, s_typed).Evaluate(tree);
                all++;
                if (expected is not null) values++;
                Assert.True(AreSame(expected, Reference.Plain(Value(tree, request, s_typed))), condition);
            }
        }), 4_000);

        output.WriteLine($"{values} of {all} have a value");
        Assert.True(values * 2 > all, $"{values} of {all}");
    }

    [Fact]
    public void Every_decision_is_that_of_asking_each_policy_by_itself()
    {
        var reference = new Reference(Sample.Request, Sample.Store);

        Properties.Hold(Prop.ForAll(Gen.ListOf(Trees.Policies.Generator).Resize(12).ToArbitrary(), policies =>
        {
            var (applying, failing) = reference.Decide([.. policies]);
            var isDenied = applying.Any(i => policies[i].Effect == Effect.Forbid) || applying.Count == 0;
            var deciding = applying.Where(i => policies[i].Effect == (isDenied ? Effect.Forbid : Effect.Permit));
            var result = SnapshotOf(policies).Authorize(Sample.Request, Sample.Store);
            return result.Decision == (isDenied ? Decision.Deny : Decision.Allow)
                && result.Reasons.Select(id => id.Value).Order().SequenceEqual(deciding.Select(NameOf))
                && result.Errors.Select(error => error.Policy.Value).Order().SequenceEqual(failing.Select(NameOf));
        }), 1_500);
    }

    [Theory]
    [InlineData("1 + 2 * 3", 7L)]
    [InlineData("principal.r.x", null)]
    [InlineData("9223372036854775807 + 1", null)]
    [InlineData("context.s like \"a*\"", true)]
    [InlineData("principal in [Group::\"g2\"]", true)]
    [InlineData("principal.getTag(\"n\")", 7L)]
    [InlineData("principal.ghost has n", false)]
    [InlineData("principal has n.x", null)]
    public void The_second_evaluator_knows_the_rules(string expression, object? value)
    {
        var found = new Reference(Sample.Request, Sample.Store).Evaluate(Make.Expression(expression));

        if (expression == "principal.r.x") Assert.Equal(1L, Assert.IsType<Dictionary<string, object>>(found)["y"]);
        else Assert.Equal(value, found);
    }

    private static bool AreSame(object? expected, object? found) =>
        expected is null || found is null ? expected is null && found is null : expected.GetType() == found.GetType() && Reference.AreSame(expected, found);

    private static CedarValue Value(Expression tree, CedarRequest request, EntityStore store)
    {
        var frame = new Frame(request, store);
        return Compiler.Compile(tree).Evaluate(ref frame);
    }

    private static string NameOf(int i) => $"policy{i:d3}";

    private static PolicySnapshot SnapshotOf(IEnumerable<CedarPolicy> policies)
    {
        var builder = new PolicySetBuilder();
        foreach (var (i, policy) in policies.Index()) Assert.True(builder.TryAdd(new(NameOf(i)), policy, out _));
        return PolicySnapshot.Compile(builder.Build());
    }

    private static EntityStore TypedStore() => Sample.StoreOf("""
        [{"uid": {"type": "User", "id": "a"}, "parents": [{"type": "Group", "id": "g"}], "tags": {"t": "v"}, "attrs": {
           "n": 1, "o": 1, "s": "a", "b": true, "home": {"street": "s"}, "work": {"street": "w", "zip": 1}, "boss": {"__entity": {"type": "User", "id": "b"}}, "set": [1],
           "friends": [{"__entity": {"type": "User", "id": "a"}}], "ip": {"__extn": {"fn": "ip", "arg": "10.0.0.1"}}, "since": {"__extn": {"fn": "datetime", "arg": "2024-01-01"}},
           "age": {"__extn": {"fn": "duration", "arg": "1h"}}}},
         {"uid": {"type": "User", "id": "b"}, "parents": [], "attrs": {
           "n": 2, "s": "b", "b": false, "home": {"street": "t"}, "boss": {"__entity": {"type": "User", "id": "b"}}, "set": [], "friends": [],
           "ip": {"__extn": {"fn": "ip", "arg": "::1"}}, "since": {"__extn": {"fn": "datetime", "arg": "2025-01-01"}}, "age": {"__extn": {"fn": "duration", "arg": "0s"}}}},
         {"uid": {"type": "Group", "id": "g"}, "parents": [{"type": "Group", "id": "h"}], "attrs": {}},
         {"uid": {"type": "Doc", "id": "d"}, "parents": [], "attrs": {"owner": {"__entity": {"type": "User", "id": "a"}}}}]
        """);
}
