using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Expressions: what is one, how it binds, and that it prints to what it was read from.</summary>
public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("true || false && 1 == 2 + 3 * -4", "true || false && 1 == 2 + 3 * -4")]
    [InlineData("((true || false)) && true", "(true || false) && true")]
    [InlineData("true && (true && false)", "true && (true && false)")]
    [InlineData("(true && true) && false", "true && true && false")]
    [InlineData("1 - (2 - 3) - 4", "1 - (2 - 3) - 4")]
    [InlineData("(1 + 2) * 3", "(1 + 2) * 3")]
    [InlineData("!!true", "!(!true)")]
    [InlineData("- -1 == 1", "-(-1) == 1")]
    [InlineData("-(1)", "-(1)")]
    [InlineData("2--1", "2 - -1")]
    [InlineData("- 9223372036854775808", "-9223372036854775808")]
    [InlineData("007", "7")]
    [InlineData("(-1).foo", "(-1).foo")]
    [InlineData("-context.a", "-context.a")]
    [InlineData("-1.foo", "-1.foo")]
    [InlineData("if true then 1 else 2 + 3", "if true then 1 else 2 + 3")]
    [InlineData("(if true then true else false) && false", "(if true then true else false) && false")]
    [InlineData("principal[\"a\"][\"b c\"].d", "principal.a[\"b c\"].d")]
    [InlineData("principal has a.b.c", "principal has a.b.c")]
    [InlineData("principal has \"if\"", "principal has \"if\"")]
    [InlineData("context.s like \"a*\\*\\\"b\"", "context.s like \"a*\\*\\\"b\"")]
    [InlineData("principal is A::B in resource", "principal is A::B in resource")]
    [InlineData("(1 < 2) == true", "(1 < 2) == true")]
    [InlineData("[1, 2,].contains(1,)", "[1, 2].contains(1)")]
    [InlineData("{a: 1, \"b c\": [], principal: 2,}", "{a: 1, \"b c\": [], principal: 2}")]
    [InlineData("ip(\"1.1.1.1\",).isInRange(ip(\"1.0.0.0/8\"))", "ip(\"1.1.1.1\").isInRange(ip(\"1.0.0.0/8\"))")]
    [InlineData("[].isEmpty()", "[].isEmpty()")]
    [InlineData("User :: /* no */ \"a\"", null)]
    [InlineData("User // yes\n :: \"a\" == principal", "User::\"a\" == principal")]
    [InlineData("principal::\"a\"", "principal::\"a\"")]
    [InlineData("User::\"\\u{1F600}\\x41\\'\\0\"", "User::\"😀A'\\0\"")]
    [InlineData("\"\\u{1_F600}\\u{200b}\"", "\"😀\\u{200b}\"")]
    [InlineData("ip()", "ip()")]
    [InlineData("principal.isIpv4(1, 2)", "principal.isIpv4(1, 2)")]
    public void An_expression_prints_to_what_it_says(string text, string? printed)
    {
        if (printed is null)
        {
            Make.Errors(Make.When(text));
            return;
        }

        var tree = Make.Expression(text);
        Assert.Equal(printed, tree.ToString());
        Assert.Equal(tree, Make.Expression(printed));
    }

    [Theory]
    [InlineData("1 < 2 < 3", "`<` cannot follow another comparison")]
    [InlineData("principal has n == true", "`==` cannot follow another comparison")]
    [InlineData("principal in principal in principal", "`in` cannot follow another comparison")]
    [InlineData("1 = 2", "`==`")]
    [InlineData("1 / 2", "Cedar has no `/`")]
    [InlineData("1 % 2", "Cedar has no `%`")]
    [InlineData("!!!!!true", "four signs")]
    [InlineData("-----1", "four signs")]
    [InlineData("!-1", "cannot follow each other")]
    [InlineData("-!true", "cannot follow each other")]
    [InlineData("1 + if true then 1 else 2", "parentheses around `if")]
    [InlineData("9223372036854775808", "out of range")]
    [InlineData("-(9223372036854775808)", "out of range")]
    [InlineData("-9223372036854775809", "out of range")]
    [InlineData("18446744073709551616", "out of range")]
    [InlineData("context.if", "reserved")]
    [InlineData("context.__cedar", "reserved")]
    [InlineData("context has if", "reserved")]
    [InlineData("{if: 1}", "reserved")]
    [InlineData("in::User::\"a\"", "reserved")]
    [InlineData("A::__cedar::\"a\"", "reserved")]
    [InlineData("{a: 1, \"a\": 2}", "twice")]
    [InlineData("principal has (n)", "the name of an attribute")]
    [InlineData("principal has n + 1", "unexpected `+`")]
    [InlineData("principal has \"a\".b", "unexpected `.`")]
    [InlineData("context.s like context.s", "pattern")]
    [InlineData("context.s like (\"a\")", "pattern")]
    [InlineData("principal is \"User\"", "the name of a type")]
    [InlineData("principal is User::\"a\"", "unexpected `::`")]
    [InlineData("principal[a]", "in double quotes")]
    [InlineData("[1].contains(1, 2)", "2 arguments")]
    [InlineData("[1].isEmpty(1)", "1 argument")]
    [InlineData("contains([1], 1)", "is a method, not a function")]
    [InlineData("decimal(\"1.0\").ip()", "is a function, not a method")]
    [InlineData("foo(1)", "no function `foo`")]
    [InlineData("A::ip(1)", "no function `A::ip`")]
    [InlineData("[1].foo()", "no method `foo`")]
    [InlineData("unknown(\"x\")", "no function `unknown`")]
    [InlineData("principal(1)", "cannot be called")]
    [InlineData("ghost", "is not a variable")]
    [InlineData("User::{id: \"x\"}", "in double quotes")]
    [InlineData("\"a\\*b\"", "is not an escape")]
    [InlineData("\"\\x80\"", "is not an escape")]
    [InlineData("\"\\x4\"", "is not an escape")]
    [InlineData("\"\\u{}\"", "is not an escape")]
    [InlineData("\"\\u{1234567}\"", "is not an escape")]
    [InlineData("\"\\u{d800}\"", "is not an escape")]
    [InlineData("\"\\u{_1}\"", "is not an escape")]
    [InlineData("\"\\a\"", "is not an escape")]
    [InlineData("\"\r\"", "carriage return")]
    [InlineData("\"\\\n\"", "not closed")]
    [InlineData("\"abc", "not closed")]
    [InlineData("'a'", "double quotes")]
    [InlineData("true & false", "`&&`")]
    [InlineData("()", "an expression")]
    [InlineData("[,]", "an expression")]
    public void These_are_no_expressions(string text, string because) =>
        Assert.Contains(because, Make.Errors(Make.When(text))[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() =>
        Assert.Equal("test.cedar:1:3: half a surrogate pair is not a character; expected well-formed Unicode text", Make.Error("😀\ud83d").ToString());

    [Fact]
    public void A_star_written_as_an_escape_is_a_wildcard_too()
    {
        var like = Assert.IsType<LikeExpression>(Make.Expression("\"\" like \"a\\x2ab\\u{2a}\\*\""));

        Assert.Equal(["a", "b", "*"], like.Pattern.Pieces.ToArray());
    }

    [Fact]
    public void Spans_are_where_the_words_are()
    {
        var text = Make.When("principal.a == (1 + 2)");
        var equal = Assert.IsType<BinaryExpression>(Make.Policy(text).Conditions[0].Body);

        Assert.Equal("principal.a == (1 + 2)", text[equal.Span.Start..equal.Span.End]);
        Assert.Equal("1 + 2", text[equal.Right.Span.Start..equal.Right.Span.End]);
        Assert.Equal("a", text[((AttributeAccess)equal.Left).NameSpan.Start..((AttributeAccess)equal.Left).NameSpan.End]);
    }

    [Fact]
    public void Chains_of_any_length_are_one_level()
    {
        foreach (var sign in new[] { "&&", "||", "+", "-", "*" })
        {
            var chain = Make.Expression(string.Join($" {sign} ", Enumerable.Repeat("context.a", 20_000)));
            Assert.Equal(3, chain.Depth);
            Assert.Equal(20_000, chain.Children.Count());
        }
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{a: ", "1", "}")]
    [InlineData("!(", "true", ")")]
    [InlineData("ip(", "1", ")")]
    [InlineData("if true then 1 else ", "1", "")]
    [InlineData("", "context", ".a")]
    [InlineData("", "context", "[\"a\"]")]
    [InlineData("", "context", ".isEmpty()")]
    public void Nesting_has_a_limit_and_no_stack_is_exhausted(string before, string middle, string after)
    {
        string Nest(int times) => Make.When(string.Concat(Enumerable.Repeat(before, times)) + middle + string.Concat(Enumerable.Repeat(after, times)));

        Make.Policy(Nest(CedarLimits.MaxDepth / 2 - 1));
        Assert.Contains("too deep", Make.Error(Nest(CedarLimits.MaxDepth)).Message, StringComparison.Ordinal);
        Assert.Contains("too deep", Make.Error(Nest(100_000)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_are_equal_wherever_they_were_written()
    {
        Assert.Equal(Make.Expression("1+principal.a"), Make.Expression("  1 + (principal)[\"a\"]"));
        Assert.NotEqual(Make.Expression("1 + 2"), Make.Expression("1 - 2"));
        Assert.NotEqual(Make.Expression("[1]"), Make.Expression("[2]"));
        Assert.Equal(CedarValue.Of(1), Assert.IsType<Literal>(Make.Expression("1")).Value);
    }
}
