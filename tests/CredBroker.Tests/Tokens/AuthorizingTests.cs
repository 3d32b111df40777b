using System.Collections.Frozen;
using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Approvals;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using static CredBroker.Tests.Tokens.Uses;

namespace CredBroker.Tests.Tokens;

public sealed class AuthorizingTests
{
    [Fact]
    public void A_call_within_everything_is_allowed_with_all_that_the_record_needs()
    {
        var use = Allow(Ask, Known);

        Assert.Equal(AuthorizationId.Derive(Token.Jti, Ask.Request, Backend), use.Id);
        Assert.Equal((Token.Jti, Ask.Decision, Mints.Live.Id, Mints.Live.Root), (use.Jti, use.Decision, use.Task, use.Root));
        Assert.Equal((Mints.Live.Workload, Mints.Live.Initiator), (use.Workload, use.Initiator));
        Assert.Equal((Backend, Audience, Called), (use.Backend, use.Audience, use.Call));
        Assert.False(use.IsCounted);
        Assert.Equal((3, 7), (use.HistoryVersion, use.CatalogVersion));
        Assert.Empty(use.Obligations);
        Assert.Equal(CapabilityJson.Digest(Called.Capability), use.AskDigest);
    }

    [Fact]
    public void What_the_broker_did_not_mint_is_no_token()
    {
        Assert.Equal(Reason.UnknownToken, ReasonOf(Known with { Token = null }));
        Assert.Equal(Reason.UnknownToken, ReasonOf(Known with { Task = null }));
    }

    [Fact]
    public void A_backend_has_a_say_in_calls_of_its_own_audiences_only()
    {
        Assert.Equal(Reason.AudienceNotServed, ReasonOf(Known, Ask with { Serves = [] }));
        Assert.Equal(Reason.AudienceNotServed, ReasonOf(Known, Ask with { Serves = ["https://other.example.org"] }));
        // Whose token it is comes before all that would tell more of it.
        Assert.Equal(Reason.AudienceNotServed, ReasonOf(Known with { Revoked = true, Possession = Possession.None }, Ask with { Serves = [] }));
    }

    [Fact]
    public void A_tool_that_was_given_to_another_backend_is_not_this_ones_any_more() =>
        Assert.Equal(Reason.AudienceNotServed, ReasonOf(With(Mints.Rule with { Audience = "https://other.example.org" })));

    [Fact]
    public void A_token_that_is_over_and_a_task_that_is_over_allow_nothing()
    {
        Assert.Equal(Reason.TokenOver, ReasonOf(Known with { Revoked = true }));
        Assert.Equal(Reason.TokenOver, ReasonOf(Known with { Token = Token with { ExpiresAt = Now } }));
        Assert.Null(ReasonOf(Known with { Token = Token with { ExpiresAt = Now.AddTicks(1) } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Mints.Live with { State = TaskState.Ended } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Mints.Live with { Deadline = Now } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Mints.Live with { HeartbeatDue = Now } }));
        Assert.Equal(Reason.TaskWaiting, ReasonOf(Known with { Task = Mints.Live with { State = TaskState.Waiting } }));
    }

    [Fact]
    public void A_task_that_may_mint_no_more_may_use_what_it_has() =>
        Assert.Null(ReasonOf(Known with { Task = Mints.Live with { Spent = 10, Budget = 10 } }));

    [Theory]
    [InlineData("key", Possession.Shown, null)]
    [InlineData("key", Possession.None, Reason.ProofMissing)]
    [InlineData("key", Possession.Refused, Reason.PresentedProofRefused)]
    [InlineData("key", Possession.Replayed, Reason.PresentedProofReplayed)]
    [InlineData("certificate", Possession.Shown, null)]
    [InlineData("certificate", Possession.None, Reason.ProofMissing)]
    [InlineData("certificate", Possession.Refused, Reason.PresentedProofRefused)]
    [InlineData("bearer", Possession.None, null)]
    [InlineData("bearer", Possession.Shown, Reason.PresentedProofRefused)]
    [InlineData("bearer", Possession.Refused, Reason.PresentedProofRefused)]
    [InlineData("bearer", Possession.Replayed, Reason.PresentedProofReplayed)]
    public void Whoever_presents_a_token_holds_what_it_is_bound_to(string bound, Possession shown, Reason? expected)
    {
        Binding binding = bound switch { "key" => Mints.Key, "certificate" => Mints.Certificate, _ => new Binding.Bearer() };
        var facts = With(Mints.Rule with { BearerAllowed = true }) with { Token = Token with { Binding = binding }, Possession = shown };
        Assert.Equal(expected, ReasonOf(facts));
    }

    [Fact]
    public void The_call_lies_within_what_was_granted()
    {
        ToolCall[] others =
        [
            Call("mail", "read", "acme/api/7"), Call("github.issues", "write", "acme/api/7"),
            Call("github.issues", "read", "acme/web/7"), Call("github.issues", "read", "acme/api/7/8"),
        ];
        foreach (var other in others) Assert.Equal(Reason.CallOutsideGrant, ReasonOf(Known, Ask with { Call = other }));
    }

    [Fact]
    public void A_parameter_that_was_granted_with_bounds_must_be_named_and_keep_them()
    {
        var granted = Make.Capability("github.issues", "read", "acme/api/*", ("state", Make.OneOf("open", "new")), ("page", Make.Range(1, 9)));
        var rule = Mints.Rule with
        {
            Parameters = new Dictionary<ParameterName, ParameterType>
            {
                [Make.Parameter("state")] = ParameterType.String, [Make.Parameter("page")] = ParameterType.Long, [Make.Parameter("raw")] = ParameterType.Bool,
            }.ToFrozenDictionary(),
        };
        var facts = With(rule) with { Token = Token with { Capability = granted } };
        Reason? Of(params (string, ParameterConstraint)[] values) => ReasonOf(facts, Ask with { Call = Call("github.issues", "read", "acme/api/7", values) });

        Assert.Null(Of(("state", Make.OneOf("new")), ("page", Make.Range(9, 9))));
        Assert.Null(Of(("state", Make.OneOf("new")), ("page", Make.Range(9, 9)), ("raw", Make.Is(true))));
        Assert.Equal(Reason.CallOutsideGrant, Of(("state", Make.OneOf("new"))));
        Assert.Equal(Reason.CallOutsideGrant, Of(("state", Make.OneOf("closed")), ("page", Make.Range(9, 9))));
        Assert.Equal(Reason.CallOutsideGrant, Of(("state", Make.OneOf("new")), ("page", Make.Range(10, 10))));
        Assert.Equal(Reason.UnknownParameter, Of(("state", Make.OneOf("new")), ("page", Make.Range(9, 9)), ("colour", Make.Is(true))));
        Assert.Equal(Reason.ParameterMistyped, Of(("state", Make.OneOf("new")), ("page", Make.Range(9, 9)), ("raw", Make.OneOf("yes"))));
    }

    [Fact]
    public void The_catalog_is_asked_again_at_every_call()
    {
        Assert.Equal(Reason.UnknownWorkload, ReasonOf(Known with { Allowed = null }));
        Assert.Equal(Reason.UnknownTool, ReasonOf(Known with { Found = default }));
        Assert.Equal(Reason.UnknownAction, ReasonOf(Known with { Found = new(true, null) }));
        Assert.Equal(Reason.ActionNotAllowed, ReasonOf(Known with { Allowed = AllowList.Nothing }));
        Assert.Equal(Reason.ResourceNotAllowed, ReasonOf(Known with { Allowed = new([Make.Capability("github.issues", "read", "acme/web/*")]) }));
        Assert.Equal(Reason.BearerNotAllowed, ReasonOf(Known with { Token = Token with { Binding = new Binding.Bearer() }, Possession = Possession.None }));
    }

    [Fact]
    public void What_the_catalog_took_from_a_workload_above_is_called_by_nobody_below()
    {
        var delegated = Known with { Task = Known.Task! with { Above = [Facts.Other, Facts.Triage] } };
        AllowList all = new([Facts.ReadIssues, Facts.SendMail]), less = new([Facts.SendMail]);
        Assert.Null(ReasonOf(delegated with { AllowedAbove = [all, all] }));
        foreach (var chain in new AllowList?[][] { [less, all], [all, less], [null, all], [all, null] })
            Assert.Equal(Reason.NotAllowedAbove, ReasonOf(delegated with { AllowedAbove = [.. chain] }));
    }

    [Fact]
    public void Policies_are_asked_again_at_every_call_and_know_that_it_is_one()
    {
        Assert.Equal(Reason.PolicyDenied, ReasonOf(With(Mints.Rule with { Risk = RiskClass.Privileged })));
        Assert.Null(ReasonOf(By("""permit (principal, action, resource) when { context.phase == "authorize" };""")));
        Assert.Equal(Reason.PolicyDenied, ReasonOf(By("""permit (principal, action, resource) when { context.phase == "mint" };""")));
        Assert.Null(ReasonOf(By("""permit (principal, action, resource) when { context.path == "acme/api/7" };""")));
        Assert.Null(ReasonOf(By("""permit (principal, action, resource) when { principal.attested_by == "unix_peer" };""")));
        Assert.Equal(Reason.PolicyDenied, ReasonOf(By("""permit (principal, action, resource) when { principal.attested_by == "jwt" };""")));
        Assert.Equal(Reason.PolicyDenied, ReasonOf(Known with { Policies = CatalogPolicies.None }));
        Assert.Equal(Reason.PolicyFailed, ReasonOf(Known with { AttestedBy = null }));
    }

    [Fact]
    public void What_needs_an_approval_is_not_allowed_by_asking()
    {
        var denied = Assert.IsType<AuthorizeDecision.Denied>(Authorizing.Decide(
            Ask, By("""@approvers("sre") permit (principal, action, resource) when { context.approved };"""), Now));

        Assert.Equal(Reason.ApprovalRequired, denied.Refusal.Reason);
        Assert.IsType<Judgement.NeedsApproval>(denied.Policy!.Judgement);
    }

    [Fact]
    public void A_call_with_a_token_that_was_approved_is_approved_as_long_as_its_approvers_have_a_say()
    {
        var humans = By("""@approvers("sre") @obligation("tell sre") permit (principal, action, resource) when { context.approved };""");
        AuthorizeFacts Given(AuthorizeFacts facts, params Admin[] people) => facts with
        {
            Token = Token with { Approval = Ballots.Given.Id },
            Approval = new(Ballots.Given with { State = ApprovalState.Used, Jti = Token.Jti }, Ballots.InForce(people.Length == 0 ? Ballots.People : people)),
        };

        var use = Allow(Ask, Given(humans));
        Assert.Equal(Ballots.Given.Id, use.Approval);
        Assert.Equal(["tell sre"], use.Obligations);
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given(humans, Ballots.Person("bob"))));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given(By("""@approvers("security") permit (principal, action, resource) when { context.approved };"""))));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given(By("""@approvers("sre") @quorum("2") permit (principal, action, resource) when { context.approved };"""))));
        Assert.Equal(Reason.PolicyDenied, ReasonOf(Given(By("""permit (principal, action, resource) when { context.phase == "mint" };"""))));
        Assert.Null(Allow(Ask, Known).Approval);
        // What needs nobody's yes does not fail for those who are gone.
        Assert.Null(ReasonOf(Given(By("permit (principal, action, resource);"), Ballots.Person("bob"))));
    }

    [Fact]
    public void What_the_deciding_policies_oblige_to_goes_with_the_answer()
    {
        var use = Allow(Ask, By("""@obligation("tell Bob") permit (principal, action, resource);"""));

        Assert.Equal(["tell Bob"], use.Obligations);
        Assert.Equal((7, "authorize"), (use.Policy.CatalogVersion, use.Policy.Judgement.Record.Phase));
    }

    [Fact]
    public void What_the_deciding_policies_bind_tokens_to_binds_those_that_were_minted_before_them()
    {
        var fleeting = By("""@max_ttl("2s") permit (principal, action, resource);""");
        Assert.Null(ReasonOf(fleeting));
        Assert.Equal(Reason.TokenOver, ReasonOf(fleeting with { Token = Token with { IssuedAt = Now.AddSeconds(-2) } }));

        var once = By("""@single_use permit (principal, action, resource);""");
        Assert.Equal(Reason.PolicyDenied, ReasonOf(once));
        Assert.Null(ReasonOf(once with { Token = Token with { Uses = 1 } }));
    }

    [Fact]
    public void How_many_uses_are_left_is_not_decided_here()
    {
        Assert.True(Allow(Ask, Known with { Token = Token with { Uses = 1 } }).IsCounted);
        // A backend that lost the answer to the last use asks again.
        Assert.True(Allow(Ask, Known with { Token = Token with { Uses = 0 } }).IsCounted);
    }

    [Fact]
    public void The_same_request_is_the_same_use_whatever_the_proof_and_another_call_is_told_apart()
    {
        var again = Allow(Ask with { Decision = DecisionId.New(Now.AddSeconds(1)) }, Known);
        var other = Allow(Ask with { Call = Call("github.issues", "read", "acme/api/8") }, Known);

        Assert.Equal(Allow(Ask, Known).Id, again.Id);
        Assert.Equal(Allow(Ask, Known).AskDigest, again.AskDigest);
        Assert.Equal(again.Id, other.Id);
        Assert.NotEqual(again.AskDigest, other.AskDigest);
        Assert.NotEqual(again.Id, Allow(Ask with { Request = RequestId.Of(Guid.CreateVersion7(Now)) }, Known).Id);
        Assert.NotEqual(again.Id, Allow(Ask with { Backend = Facts.Other }, Known).Id);
    }

    [Fact]
    public void Facts_of_something_else_are_a_bug_and_never_an_answer()
    {
        Assert.Throws<UnreachableException>(() => Authorizing.Decide(Ask, Known with { Task = Mints.Live with { Id = TaskId.New(Now) } }, Now));
        Assert.Throws<UnreachableException>(() => Authorizing.Decide(Ask, With(Rules.Of("mail", "send")), Now));
        Assert.Throws<UnreachableException>(() => Authorizing.Decide(Ask, Known with { Approval = new(Ballots.Given, Ballots.InForce(Ballots.People)) }, Now));
    }

    private static AuthorizeFacts With(ActionRule rule) => Known with { Found = new(true, rule), Policies = Policed.By(Policed.Unprivileged, rule) };

    private static AuthorizeFacts By(string policies) => Known with { Policies = Policed.By(policies, Mints.Rule) };

    private static Reason? ReasonOf(AuthorizeFacts facts, AuthorizeAsk? ask = null) =>
        Authorizing.Decide(ask ?? Ask, facts, Now) is AuthorizeDecision.Denied(var refusal) ? refusal.Reason : null;
}
