using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary>Why an expression has no value: the kind, the words, and the place of the operand that is to blame.</summary>
public sealed class EvaluationErrorTests
{
    [Theory]
    [InlineData("1 && true", EvaluationErrorKind.WrongKind, "1", "this is a number; expected a truth value")]
    [InlineData("true && 1", EvaluationErrorKind.WrongKind, "1", "this is a number; expected a truth value")]
    [InlineData("!context.s", EvaluationErrorKind.WrongKind, "context.s", "this is a string; expected a truth value")]
    [InlineData("if resource.owner then true else false", EvaluationErrorKind.WrongKind, "resource.owner", "this is an entity; expected a truth value")]
    [InlineData("1 + context == 1", EvaluationErrorKind.WrongKind, "context", "this is a record; expected a number")]
    [InlineData("2 * true == 1", EvaluationErrorKind.WrongKind, "true", "this is a truth value; expected a number")]
    [InlineData("-[1] == 1", EvaluationErrorKind.WrongKind, "[1]", "this is a set; expected a number")]
    [InlineData("1 < principal.dt", EvaluationErrorKind.WrongKind, "principal.dt", "this is a datetime; expected a number")]
    [InlineData("context.d < context.d", EvaluationErrorKind.WrongKind, "context.d", "this is a decimal; expected a number, a datetime or a duration")]
    [InlineData("principal in 1", EvaluationErrorKind.WrongKind, "1", "this is a number; expected an entity, or a set of entities")]
    [InlineData("principal in [principal, 1]", EvaluationErrorKind.WrongKind, "[principal, 1]", "this is a set; expected a set of entities only")]
    [InlineData("context is User", EvaluationErrorKind.WrongKind, "context", "this is a record; expected an entity")]
    [InlineData("principal.n.x", EvaluationErrorKind.WrongKind, "principal.n", "this is a number; expected a record or an entity")]
    [InlineData("principal.ip has x", EvaluationErrorKind.WrongKind, "principal.ip", "this is an ipaddr; expected a record or an entity")]
    [InlineData("principal.n like \"5\"", EvaluationErrorKind.WrongKind, "principal.n", "this is a number; expected a string")]
    [InlineData("principal.s.contains(1)", EvaluationErrorKind.WrongKind, "principal.s", "this is a string; expected a set")]
    [InlineData("[1].containsAny(22)", EvaluationErrorKind.WrongKind, "22", "this is a number; expected a set")]
    [InlineData("principal.hasTag(1)", EvaluationErrorKind.WrongKind, "1", "this is a number; expected a string")]
    [InlineData("principal.dt.offset(context.d) == principal.dt", EvaluationErrorKind.WrongKind, "context.d", "this is a decimal; expected a duration")]
    [InlineData("principal.nope", EvaluationErrorKind.MissingAttribute, "principal.nope", "there is no attribute `nope`")]
    [InlineData("context.nope == 1", EvaluationErrorKind.MissingAttribute, "context.nope", "there is no attribute `nope`")]
    [InlineData("principal.ghost.n == 1", EvaluationErrorKind.MissingEntity, "principal.ghost.n", "the entity `User::\"ghost\"` does not exist")]
    [InlineData("principal.ghost.getTag(\"k\") == 1", EvaluationErrorKind.MissingEntity, "principal.ghost.getTag(\"k\")", "the entity `User::\"ghost\"` does not exist")]
    [InlineData("principal.getTag(\"nope\") == 1", EvaluationErrorKind.MissingTag, "principal.getTag(\"nope\")", "there is no tag `nope`")]
    [InlineData("9223372036854775807 + 1 == 1", EvaluationErrorKind.Overflow, "9223372036854775807 + 1", "the result does not fit into 64 bits")]
    [InlineData("-(-9223372036854775808) == 1", EvaluationErrorKind.Overflow, "-(-9223372036854775808)", "the result does not fit into 64 bits")]
    [InlineData("4611686018427387904 * 2 == 1", EvaluationErrorKind.Overflow, "4611686018427387904 * 2", "the result does not fit into 64 bits")]
    [InlineData("ip() == 1", EvaluationErrorKind.WrongArity, "ip()", "wrong number of arguments for `ip`")]
    [InlineData("ip(\"x\") == 1", EvaluationErrorKind.NoResult, "ip(\"x\")", "the text is not an address of IPv4 or IPv6, or a range of them")]
    [InlineData("decimal(context.s) == 1", EvaluationErrorKind.NoResult, "decimal(context.s)", "the text is not a decimal number with one to four places after the point")]
    [InlineData("principal.dt.offset(duration(\"9223372036854775807ms\")) == 1", EvaluationErrorKind.NoResult, null, "the result is out of range")]
    public void A_failure_says_why_and_where(string condition, EvaluationErrorKind kind, string? place, string message)
    {
        var error = Sample.Error(condition);

        Assert.Equal((kind, message, "policy0"), (error.Kind, error.Message, error.Policy.Value));
        if (place is not null)
            Assert.Equal(Make.When(condition).IndexOf(place, StringComparison.Ordinal) + 1, error.At!.Value.Column);
    }

    [Theory]
    [InlineData("context.nope && 1")]
    [InlineData("[context.nope, 1 + true].contains(1)")]
    [InlineData("{a: context.nope, b: 1 + true}.a")]
    [InlineData("context.nope + (1 + true) == 1")]
    [InlineData("context.nope == (1 + true)")]
    [InlineData("principal.isIpv4(context.nope, 1 + true)")]
    [InlineData("(context.nope) in [1 + true]")]
    public void The_first_failure_from_the_left_is_the_one_that_counts(string condition) =>
        Assert.Equal(EvaluationErrorKind.MissingAttribute, Sample.Error(condition).Kind);

    [Fact]
    public void A_failure_prints_on_one_line() =>
        Assert.Equal("policy0: policies:1:45: there is no attribute `nope`", Sample.Error("context.nope").ToString());
}
