using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Authorization;

/// <summary>Decisions: which policies decide, which fail, and that both lists are complete.</summary>
public sealed class PolicySnapshotTests
{
    private const string Any = "(principal, action, resource)";

    [Theory]
    [InlineData("", Decision.Deny, "", "")]
    [InlineData("permit {any};", Decision.Allow, "policy0", "")]
    [InlineData("permit {any}; forbid {any};", Decision.Deny, "policy1", "")]
    [InlineData("permit {any}; forbid {any} when { context.nope };", Decision.Allow, "policy0", "policy1")]
    [InlineData("permit {any} when { context.nope };", Decision.Deny, "", "policy0")]
    [InlineData("permit {any}; permit {any} when { false }; permit {any} unless { false };", Decision.Allow, "policy0 policy2", "")]
    [InlineData("forbid {any}; permit {any}; forbid {any} when { context.a == 1 }; permit {any} when { 1 }; forbid {any} when { \"a\".b };", Decision.Deny, "policy0 policy2", "policy3 policy4")]
    [InlineData("permit {any} when { true } unless { true };", Decision.Deny, "", "")]
    [InlineData("permit {any} when { context.nope } when { false };", Decision.Deny, "", "policy0")]
    [InlineData("permit {any} when { false } when { context.nope };", Decision.Deny, "", "")]
    [InlineData("permit {any} unless { 1 };", Decision.Deny, "", "policy0")]
    [InlineData("permit (principal == User::\"bob\", action, resource) when { context.nope };", Decision.Deny, "", "")]
    [InlineData("permit (principal, action == Action::\"edit\", resource) when { context.nope };", Decision.Deny, "", "")]
    [InlineData("permit (principal, action, resource == Doc::\"x\") when { context.nope };", Decision.Deny, "", "")]
    public void Policies_decide(string policies, Decision decision, string reasons, string errors)
    {
        var result = Sample.Authorize(policies.Replace("{any}", Any, StringComparison.Ordinal));

        Assert.Equal(decision, result.Decision);
        Assert.Equal(reasons, string.Join(' ', result.Reasons.Order()));
        Assert.Equal(errors, string.Join(' ', result.Errors.Select(error => error.Policy).Order()));
        Assert.Equal(result.Reasons.Length, result.ReasonCount);
        Assert.Equal(result.Errors.Length, result.ErrorCount);
    }

    [Fact]
    public void A_result_gives_the_policies_that_decided_and_failed()
    {
        var result = Sample.Authorize($"@note(\"x\") permit {Any}; permit {Any} when {{ context.nope }};");

        var (id, policy) = result.ReasonAt(0);
        Assert.Equal("policy0", id.Value);
        Assert.True(policy.TryGetAnnotation("note", out _));
        Assert.Equal("policy1", result.FailedAt(0).Id.Value);
    }

    [Fact]
    public void A_result_that_is_used_again_has_nothing_of_before()
    {
        var snapshot = Sample.Snapshot($"permit (principal == User::\"alice\", action, resource); permit {Any} when {{ principal.n == 5 && principal.s == context.nope }};");
        var result = new AuthorizationResult();

        Assert.Equal(Decision.Allow, snapshot.Authorize(Sample.Request, Sample.Store, result));
        Assert.Equal((1, 1), (result.ReasonCount, result.ErrorCount));
        Assert.Equal(Decision.Deny, snapshot.Authorize(new(EntityUid.Of("User", "bob"), Sample.Request.Action, Sample.Request.Resource), Sample.Store, result));
        Assert.Equal((0, 0), (result.ReasonCount, result.ErrorCount));
    }

    [Fact]
    public void A_link_decides_like_a_policy_and_its_template_does_not()
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAddText(new("t", "permit (principal in ?principal, action, resource == ?resource) when { context.a == 1 };"), out _));
        Assert.Equal(Decision.Deny, Decide(builder).Decision);

        Assert.True(builder.TryLink(new(new("right"), new("policy0"), EntityUid.Of("Group", "g2"), EntityUid.Of("Doc", "d")), out _));
        Assert.True(builder.TryLink(new(new("wrong"), new("policy0"), EntityUid.Of("Group", "g3"), EntityUid.Of("Doc", "d")), out _));
        Assert.Equal([new PolicyId("right")], Decide(builder).Reasons.ToArray());
    }

    [Fact]
    public void The_digest_is_of_what_the_policies_say()
    {
        var one = Sample.Snapshot("permit (principal, action, resource) when { 1 + 2 == 3 };");
        var same = Sample.Snapshot("// a comment\npermit(principal,action,resource,)when{(1+2)==3};");
        var other = Sample.Snapshot("permit (principal, action, resource) when { 1 + 2 == 4 };");

        Assert.Equal(32, one.Digest.Length);
        Assert.Equal(one.Digest.ToArray(), same.Digest.ToArray());
        Assert.NotEqual(one.Digest.ToArray(), other.Digest.ToArray());
        Assert.Same(one.Policies, one.Policies);
    }

    [Fact]
    public void An_action_need_not_be_of_a_type_called_Action()
    {
        var request = new CedarRequest(Sample.Request.Principal, EntityUid.Of("Foo", "x"), Sample.Request.Resource);

        Assert.Equal(Decision.Allow, Sample.Snapshot("permit (principal, action, resource) when { action == Foo::\"x\" };").Authorize(request, EntityStore.Empty).Decision);
    }

    [Fact]
    public void A_snapshot_is_shared_by_threads()
    {
        var snapshot = Sample.Snapshot($"permit {Any} when {{ principal.n == 5 }}; forbid {Any} when {{ context.nope }};");

        Parallel.For(0, 20_000, new() { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var result = snapshot.Authorize(Sample.Request, Sample.Store);
            Assert.Equal((Decision.Allow, 1, 1), (result.Decision, result.ReasonCount, result.ErrorCount));
        });
    }

    private static AuthorizationResult Decide(PolicySetBuilder builder) => PolicySnapshot.Compile(builder.Build()).Authorize(Sample.Request, Sample.Store);
}
