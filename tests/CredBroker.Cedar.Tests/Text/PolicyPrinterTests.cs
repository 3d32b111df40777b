using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>The layout of printed policies.</summary>
public sealed class PolicyPrinterTests
{
    [Fact]
    public void A_policy_is_printed_a_clause_to_a_line() => Assert.Equal("""
        @id("x")
        @flag
        permit (principal is A::User in Group::"g", action in [Action::"r", Action::"w"], resource == Doc::"d")
        when { context.a == 1 && !(context has b) }
        unless { resource.c };
        """, Make.Policy("""
        @id("x")@flag permit(principal is A :: User in Group::"g",action in[Action::"r",Action::"w",],resource==Doc::"d",)
        when{(context.a==1)&&!(context has b)}unless{resource["c"]};
        """).ToString());

    [Theory]
    [InlineData("forbid(principal,action,resource);", "forbid (principal, action, resource);")]
    [InlineData("permit(principal==?principal,action==Action::\"a\",resource in ?resource);", "permit (principal == ?principal, action == Action::\"a\", resource in ?resource);")]
    [InlineData("permit(principal in A::\"\\\"\",action in Action::\"a\",resource is B);", "permit (principal in A::\"\\\"\", action in Action::\"a\", resource is B);")]
    [InlineData("permit(principal,action in [],resource is B in ?resource);", "permit (principal, action in [], resource is B in ?resource);")]
    [InlineData("permit(principal,action in [Action::\"a\"],resource);", "permit (principal, action in Action::\"a\", resource);")]
    public void A_scope_is_printed_as_it_is_written(string text, string printed) => Assert.Equal(printed, Make.Policy(text).ToString());

    [Fact]
    public void Policies_are_printed_with_an_empty_line_between() => Assert.Equal(
        "permit (principal, action, resource);\n\nforbid (principal, action, resource);",
        PolicyPrinter.Print(Make.Policies("permit(principal,action,resource);forbid(principal,action,resource);")));

    [Theory]
    [InlineData("(1 + 2) + 3", "1 + 2 + 3")]
    [InlineData("1 + (2 + 3)", "1 + (2 + 3)")]
    [InlineData("(1 * 2) * 3 * (4 + 5)", "1 * 2 * 3 * (4 + 5)")]
    [InlineData("1 * (2 * 3)", "1 * (2 * 3)")]
    [InlineData("(1 * 2) - (3 * 4)", "1 * 2 - 3 * 4")]
    [InlineData("true || (false || true)", "true || (false || true)")]
    [InlineData("(true && false) || true", "true && false || true")]
    [InlineData("true && (false || true)", "true && (false || true)")]
    [InlineData("(1 == 2) == (3 == 4)", "(1 == 2) == (3 == 4)")]
    [InlineData("(1 + 2) == (3 * 4)", "1 + 2 == 3 * 4")]
    [InlineData("(principal in resource) && (principal has a)", "principal in resource && principal has a")]
    [InlineData("(principal has a) has b", "(principal has a) has b")]
    [InlineData("(if true then 1 else 2) + 3", "(if true then 1 else 2) + 3")]
    [InlineData("if (true) then (if true then 1 else 2) else (3)", "if true then if true then 1 else 2 else 3")]
    [InlineData("!(principal.a)", "!principal.a")]
    [InlineData("(!principal).a", "(!principal).a")]
    [InlineData("!(1 == 2)", "!(1 == 2)")]
    [InlineData("-(1 + 2)", "-(1 + 2)")]
    [InlineData("(-principal.a) * 2", "-principal.a * 2")]
    [InlineData("(1 + 2).a", "(1 + 2).a")]
    [InlineData("([1]).contains((2))", "[1].contains(2)")]
    [InlineData("(principal).isInRange((1 + 2), if true then 1 else 2)", "principal.isInRange(1 + 2, if true then 1 else 2)")]
    [InlineData("{\"a\": (1 + 2), \"b c\": if true then 1 else 2}", "{a: 1 + 2, \"b c\": if true then 1 else 2}")]
    [InlineData("(principal is A) && (principal is A in (resource))", "principal is A && principal is A in resource")]
    [InlineData("(\"a\" like \"b\") == true", "(\"a\" like \"b\") == true")]
    [InlineData("- - -1", "-(-(-1))")]
    [InlineData("(1 - -1) - -(1)", "1 - -1 - -(1)")]
    [InlineData("!!!!true", "!(!(!(!true)))")]
    public void Parentheses_are_where_they_are_needed_and_nowhere_else(string text, string printed)
    {
        Assert.Equal(printed, Make.Expression(text).ToString());
        Assert.Equal(Make.Expression(text), Make.Expression(printed));
    }
}
