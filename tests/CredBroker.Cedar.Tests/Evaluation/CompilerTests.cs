using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Tests;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary>What does not depend on the request is evaluated once; what would fail waits until somebody asks.</summary>
public sealed class CompilerTests
{
    [Theory]
    [InlineData("[1, \"a\", [true]]")]
    [InlineData("{a: {b: User::\"x\"}}")]
    [InlineData("ip(\"10.0.0.0/8\")")]
    [InlineData("[decimal(\"1.0\"), datetime(\"2024-01-01\").offset(duration(\"1h\"))]")]
    [InlineData("ip(\"::1\").isLoopback()")]
    public void What_is_constant_is_a_constant(string text) => Assert.IsType<Constant>(Compiler.Compile(Make.Expression(text)));

    [Theory]
    [InlineData("ip(\"nope\")")]
    [InlineData("ip()")]
    [InlineData("ip(1)")]
    [InlineData("[decimal(\"x\")]")]
    [InlineData("{a: 1 + true}")]
    [InlineData("datetime(\"2024-01-01\").offset(duration(\"9223372036854775807ms\"))")]
    public void What_fails_fails_only_when_it_is_evaluated(string text)
    {
        Assert.IsNotType<Constant>(Compiler.Compile(Make.Expression(text)));
        Assert.Equal("error", Sample.Evaluate($"{text} == 1"));
        Assert.Equal("false", Sample.Evaluate($"false && {text} == 1"));
    }

    [Theory]
    [InlineData("[principal].contains(principal)")]
    [InlineData("{a: principal}.a == principal")]
    [InlineData("[context.a, 2] == [2, 1]")]
    [InlineData("decimal(\"1.5\") == {x: context.d}.x")]
    [InlineData("principal in [resource, principal]")]
    [InlineData("resource.owner in [resource, Group::\"g2\"]")]
    public void What_depends_on_the_request_is_made_anew(string text) => Assert.Equal("true", Sample.Evaluate(text));

    [Fact]
    public void Every_tree_compiles_and_comes_to_true_false_or_an_error() => Properties.Hold(
        Prop.ForAll(Trees.Expressions, tree => Sample.Evaluate(tree.ToString()) is "true" or "false" or "error"), 2_000);

    [Fact]
    public void A_tree_comes_to_the_same_after_text_and_json() => Properties.Hold(
        Prop.ForAll(Trees.Policies, policy =>
        {
            var direct = Decide(policy);
            return direct == Decide(RoundTrips.ThroughText(policy)) && direct == Decide(RoundTrips.ThroughJson(policy));
        }), 1_000);

    [Theory]
    [InlineData("!({x})", "({x}) == false")]
    [InlineData("({x}) && ({y})", "if ({x}) then (if ({y}) then true else false) else false")]
    [InlineData("({x}) || ({y})", "if ({x}) then true else (if ({y}) then true else false)")]
    public void Laws_of_logic_hold_for_all_that_comes_to_a_truth_value(string left, string right)
    {
        string[] operands = ["true", "false", "context.a == 1", "principal has nope", "principal in Group::\"g2\"", "[].isEmpty()"];
        foreach (var x in operands)
            foreach (var y in operands)
                Assert.Equal(Sample.Evaluate(Fill(left, x, y)), Sample.Evaluate(Fill(right, x, y)));
    }

    [Theory]
    [InlineData("principal has r.x.y", "principal has r && principal.r has x && principal.r.x has y")]
    [InlineData("principal has nope.x", "principal has nope && principal.nope has x")]
    [InlineData("principal has n.x", "principal has n && principal.n has x")]
    [InlineData("principal has e.n", "principal has e && principal.e has n")]
    [InlineData("principal has ghost.n", "principal has ghost && principal.ghost has n")]
    [InlineData("principal is User in Group::\"g1\"", "principal is User && principal in Group::\"g1\"")]
    [InlineData("principal is Doc in 1", "principal is Doc && principal in 1")]
    [InlineData("principal is User in 1", "principal is User && principal in 1")]
    [InlineData("1 != 2", "!(1 == 2)")]
    [InlineData("5 > principal.n", "principal.n < 5")]
    [InlineData("5 >= principal.n", "principal.n <= 5")]
    public void Shorthands_come_to_what_they_stand_for(string shorthand, string meaning) =>
        Assert.Equal(Sample.Evaluate(meaning), Sample.Evaluate(shorthand));

    private static string Fill(string form, string x, string y) =>
        form.Replace("{x}", x, StringComparison.Ordinal).Replace("{y}", y, StringComparison.Ordinal);

    private static (Cedar.Authorization.Decision, int, int) Decide(Cedar.Tree.CedarPolicy policy)
    {
        var result = Sample.Snapshot(policy.ToString()).Authorize(Sample.Request, Sample.Store);
        return (result.Decision, result.ReasonCount, result.ErrorCount);
    }
}
