using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary>Long chains are evaluated without recursion, through every form that they can come in.</summary>
public sealed class ChainTests
{
    [Theory]
    [InlineData("true", " && ", "true")]
    [InlineData("false", " || ", "false")]
    [InlineData("context.a == 1", " && ", "true")]
    [InlineData("context.a == 2", " || ", "false")]
    public void Twenty_thousand_terms_of_logic_are_fine(string term, string sign, string value) =>
        Assert.Equal(value, Sample.Evaluate(string.Join(sign, Enumerable.Repeat(term, 20_000))));

    [Theory]
    [InlineData(" + ", "1", "20000")]
    [InlineData(" - ", "1", "-19998")]
    [InlineData(" * ", "context.a", "1")]
    public void Twenty_thousand_terms_of_arithmetic_are_fine(string sign, string term, string total) =>
        Assert.Equal("true", Sample.Evaluate($"{string.Join(sign, Enumerable.Repeat(term, 20_000))} == {total}"));

    [Theory]
    [InlineData(" && ")]
    [InlineData(" || ")]
    [InlineData(" + ")]
    [InlineData(" - ")]
    [InlineData(" * ")]
    public void A_long_chain_goes_through_text_and_json(string sign)
    {
        var policy = Make.Policy(Make.When(string.Join(sign, Enumerable.Repeat("context.a", 20_000))));

        RoundTrips.ThroughText(policy);
        RoundTrips.ThroughJson(policy);
    }

    [Fact]
    public void A_chain_of_attributes_is_bounded_by_the_nesting_that_values_have()
    {
        var most = Make.Expression("context" + string.Concat(Enumerable.Repeat(".a", CedarLimits.MaxDepth - 1)));

        Assert.Equal(CedarLimits.MaxDepth, most.Depth);
        Assert.Equal("error", Sample.Evaluate(most.ToString()));
    }

    [Fact]
    public void Evaluation_goes_as_deep_as_policies_can_be()
    {
        var depth = CedarLimits.MaxDepth / 2 - 2;
        var condition = string.Concat(Enumerable.Repeat("!(", depth)) + "context.a == 1" + new string(')', depth);

        Assert.Equal(depth % 2 == 0 ? "true" : "false", Sample.Evaluate(condition));
    }

    [Theory]
    [InlineData("false && (1 + true)", "false")]
    [InlineData("true || (1 + true)", "true")]
    [InlineData("true && false && (1 + true)", "false")]
    [InlineData("false || true || (1 + true)", "true")]
    [InlineData("if true then true else (1 + true)", "true")]
    [InlineData("if false then (1 + true) else false", "false")]
    [InlineData("principal is Group in (1 + true)", "false")]
    public void What_is_not_looked_at_cannot_fail(string condition, string value) => Assert.Equal(value, Sample.Evaluate(condition));
}
