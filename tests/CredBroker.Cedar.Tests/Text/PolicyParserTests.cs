using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Annotations, effect, scope, conditions: what is a policy, and what is read from it.</summary>
public sealed class PolicyParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("// only a comment")]
    [InlineData("\u00a0\u2003\u0085\v\r\n")]
    public void A_text_without_policies_has_none(string text) => Assert.Empty(Make.Policies(text));

    [Fact]
    public void A_policy_has_all_of_its_parts()
    {
        var policy = Make.Policy("""
            @id("x") @if @note("a\nb")
            forbid (principal is A::User in Group::"g", action in [Action::"r", N::Action::"w"], resource == Doc::"d")
            when { true } unless { false };
            """);

        Assert.Equal(Effect.Forbid, policy.Effect);
        Assert.Equal([new("id", "x"), new("if", null), new("note", "a\nb")], policy.Annotations.ToArray());
        Assert.Equal(new ScopeConstraint.IsIn(new(EntityType.Parse("A::User")), new(EntityUid.Of("Group", "g"))), policy.Principal);
        Assert.Equal(new ActionConstraint.InSet([new(EntityUid.Of("Action", "r")), new(EntityUid.Of("N::Action", "w"))]), policy.Action);
        Assert.Equal(new ScopeConstraint.Equal(new(EntityUid.Of("Doc", "d"))), policy.Resource);
        Assert.Equal([false, true], policy.Conditions.Select(condition => condition.IsUnless));
        Assert.False(policy.IsTemplate);
    }

    [Fact]
    public void A_policy_with_slots_is_a_template()
    {
        var policy = Make.Policy("permit (principal in ?principal, action, resource is Doc in ?resource);");

        Assert.True(policy.IsTemplate);
        Assert.Equal([Slot.Principal, Slot.Resource], policy.Slots.ToArray());
    }

    [Theory]
    [InlineData("permit(principal,action,resource,);")]
    [InlineData("permit(principal==(User::\"a\"),action,resource);")]
    [InlineData("permit(principal==((User::\"a\")),action in ((Action::\"a\")),resource in (((?resource))));")]
    [InlineData("permit(principal,action in (([(Action::\"a\")])),resource);")]
    [InlineData("permit(principal,action in [],resource);")]
    [InlineData("permit(principal,action in ([Action::\"view\",]),resource);")]
    [InlineData("permit(principal is User in ?principal,action,resource == ?resource);")]
    [InlineData("permit(principal is principal,action,resource);")]
    [InlineData("@ a (\"x\") permit(principal,action,resource);")]
    [InlineData("@a(\"\\x41\") permit(principal,action,resource);")]
    public void These_are_policies(string text) => Make.Policy(text);

    [Theory]
    [InlineData(";", "`permit` or `forbid`")]
    [InlineData("PERMIT(principal,action,resource);", "`permit` or `forbid`")]
    [InlineData("permit(principal,action,resource)", "`;`")]
    [InlineData("permit(principal,action);", "`resource`")]
    [InlineData("permit(principal,action,resource,context);", "no fourth part")]
    [InlineData("permit(action,principal,resource);", "`principal`")]
    [InlineData("permit(principal: User,action,resource);", "`==`, `in` or `is`")]
    [InlineData("permit(principal = User::\"a\",action,resource);", "`==`, `in` or `is`")]
    [InlineData("permit(principal != User::\"a\",action,resource);", "`==`, `in` or `is`")]
    [InlineData("permit(principal in [Group::\"g\"],action,resource);", "only `action`")]
    [InlineData("permit(principal is User == User::\"a\",action,resource);", "`in`")]
    [InlineData("permit(principal in Group::\"g\" is User,action,resource);", "`is` comes before `in`")]
    [InlineData("permit(principal == ?resource,action,resource);", "`?principal`")]
    [InlineData("permit(principal,action == ?action,resource);", "cannot be left open")]
    [InlineData("permit(principal,action == User::\"a\",resource);", "is not an action")]
    [InlineData("permit(principal,action == [Action::\"a\"],resource);", "an action")]
    [InlineData("permit(principal,action in [[Action::\"a\"]],resource);", "an action")]
    [InlineData("permit(principal,action in [,],resource);", "an action")]
    [InlineData("permit(principal,action is Action,resource);", "`==` or `in`")]
    [InlineData("permit(principal == if::\"a\",action,resource);", "reserved")]
    [InlineData("permit(principal,action,resource) when {};", "empty")]
    [InlineData("permit(principal,action,resource) where {true};", "`when`, `unless` or `;`")]
    [InlineData("@a() permit(principal,action,resource);", "in double quotes")]
    [InlineData("@a(b) permit(principal,action,resource);", "in double quotes")]
    [InlineData("@a @a permit(principal,action,resource);", "twice")]
    [InlineData("permit(principal,action,resource) when {principal == ?principal};", "no place in a condition")]
    [InlineData("\ufeffpermit(principal,action,resource);", "no meaning")]
    [InlineData("/* c */ permit(principal,action,resource);", "`permit` or `forbid`")]
    public void These_are_none(string text, string because) => Assert.Contains(because, Make.Error(text).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_policy_with_a_mistake_is_reported_once_with_its_place()
    {
        var errors = Make.Errors("permit (principal, action);\n\npermit (principal, action, resource);\nforbid (principal, action, resource)\nwhen { 1 + };");

        Assert.Equal(["test.cedar:1:26: unexpected `)`; expected `,` and `resource`", "test.cedar:5:12: unexpected `}`; expected an expression"],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public void An_error_shows_the_line_and_points_at_the_place()
    {
        var error = Make.Error("permit (principal, action, resource)\nwhen { foo(1) };");

        Assert.Equal("""
            test.cedar:2:8: there is no function `foo`; expected decimal, ip, datetime or duration
             2 | when { foo(1) };
               |        ^^^
            """, error.ToExcerpt());
    }

    [Fact]
    public void A_policy_knows_where_it_stands()
    {
        var policy = Make.Policies("permit (principal, action, resource);\n  forbid (principal, action, resource);")[1];

        Assert.Equal("test.cedar:2:3", policy.Source!.Locate(policy.Span.Start).ToString());
        Assert.Equal("forbid (principal, action, resource);", policy.Source.Slice(policy.Span).ToString());
    }
}
