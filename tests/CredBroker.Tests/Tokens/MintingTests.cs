using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;
using static CredBroker.Tests.Tokens.Mints;

namespace CredBroker.Tests.Tokens;

public sealed class MintingTests
{
    [Fact]
    public void A_mint_within_everything_is_approved_with_all_that_the_signer_needs()
    {
        var grant = Approve(Ask, Known);

        Assert.Equal(Jti.Derive(Ask.Task, Ask.Request), grant.Jti);
        Assert.Equal((Ask.Decision, Ask.Task, Live.Root), (grant.Decision, grant.Task, grant.Root));
        Assert.Equal((Live.Workload, Live.Initiator), (grant.Workload, grant.Initiator));
        Assert.Empty(grant.Above);
        Assert.Equal("https://github.issues.example.org", grant.Audience);
        Assert.Equal((Asked, Key), (grant.Capability, grant.Binding));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero), grant.IssuedAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 11, 58, 0, TimeSpan.Zero), grant.ExpiresAt);
        Assert.Null(grant.Uses);
        Assert.Equal((3, 7), (grant.HistoryVersion, grant.CatalogVersion));
        Assert.Equal(["data:internal", "tool:github.issues", "risk:read"], grant.Adds);
        Assert.Equal(Ask.Digest(), grant.AskDigest);
    }

    [Fact]
    public void A_task_that_is_not_the_callers_or_not_live_mints_nothing()
    {
        Assert.Equal(Reason.UnknownTask, ReasonOf(Known with { Task = null }));
        Assert.Equal(Reason.NotYourTask, ReasonOf(Known with { Task = Live with { Workload = Facts.Other } }));
        Assert.Equal(Reason.TaskWaiting, ReasonOf(Known with { Task = Live with { State = TaskState.Waiting } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Live with { State = TaskState.Ended } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Live with { Deadline = Now } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Live with { HeartbeatDue = Now } }));
        Assert.Null(ReasonOf(Known with { Task = Live with { HeartbeatDue = Now.AddTicks(1) } }));
    }

    [Fact]
    public void Whose_task_it_is_comes_before_all_that_would_tell_more_of_it() =>
        Assert.Equal(
            Reason.NotYourTask, ReasonOf(Known with { Task = Live with { Workload = Facts.Other, State = TaskState.Ended, Spent = 10 } }));

    [Fact]
    public void The_budget_is_spent_to_the_last_token_and_not_beyond()
    {
        Assert.Null(ReasonOf(Known with { Task = Live with { Spent = 9 } }));
        Assert.Equal(Reason.BudgetSpent, ReasonOf(Known with { Task = Live with { Spent = 10 } }));
        Assert.Equal(Reason.BudgetSpent, ReasonOf(Known with { Task = Live with { Budget = 0 } }));
    }

    [Fact]
    public void What_the_catalog_does_not_name_is_denied()
    {
        Assert.Equal(Reason.UnknownWorkload, ReasonOf(Known with { Allowed = null }));
        Assert.Equal(Reason.UnknownTool, ReasonOf(Known with { Found = default }));
        Assert.Equal(Reason.UnknownAction, ReasonOf(Known with { Found = new(true, null) }));
        Assert.Equal(Reason.ActionNotAllowed, ReasonOf(Known with { Allowed = AllowList.Nothing }));
        Assert.Equal(Reason.ResourceNotAllowed, ReasonOf(Known with { Allowed = new([Make.Capability("github.issues", "read", "acme/*")]) }));
        Assert.Equal(Reason.UnknownParameter, ReasonOf(Known, Ask with { Capability = Make.Capability("github.issues", "read", "acme/a", ("x", Make.Is(true))) }));
    }

    [Fact]
    public void The_envelope_holds_whatever_the_allow_list_allows()
    {
        static MintFacts Within(Capability envelope) => Known with { Task = Live with { Envelope = Make.Envelope(envelope) } };
        Assert.Equal(Reason.ActionOutsideEnvelope, ReasonOf(Within(Facts.SendMail)));
        Assert.Equal(Reason.ResourceOutsideEnvelope, ReasonOf(Within(Make.Capability("github.issues", "read", "acme/web/*"))));
        Assert.Equal(
            Reason.ParameterOutsideEnvelope, ReasonOf(Within(Make.Capability("github.issues", "read", "acme/**", ("state", Make.OneOf("open"))))));
    }

    [Fact]
    public void The_allow_list_holds_whatever_the_envelope_allowed_when_the_task_started() =>
        Assert.Equal(Reason.ActionNotAllowed, ReasonOf(Known with { Allowed = new([Facts.SendMail]) }));

    [Fact]
    public void What_the_catalog_took_from_a_workload_above_is_minted_by_nobody_below()
    {
        var delegated = Known with { Task = Live with { Above = [Facts.Other, Facts.Triage] } };
        Assert.Null(ReasonOf(delegated.AllowedToAll()));
        AllowList all = new([Facts.ReadIssues, Facts.SendMail]), less = new([Facts.SendMail]);
        foreach (var chain in new AllowList?[][] { [less, all], [all, less], [AllowList.Nothing, all], [null, all], [all, null] })
            Assert.Equal(Reason.NotAllowedAbove, ReasonOf(delegated with { AllowedAbove = [.. chain] }));
        Assert.Equal("spiffe://example.org/agents/other is not allowed it", Deny(Ask, delegated with { AllowedAbove = [less, all] }).Detail);
        Assert.Throws<UnreachableException>(() => Minting.Decide(Ask, delegated with { AllowedAbove = [all] }, Now));
        // And what the workloads above may is nothing to one that may not itself.
        Assert.Equal(Reason.ActionNotAllowed, ReasonOf(delegated with { Allowed = less, AllowedAbove = [all, all] }));
    }

    [Fact]
    public void A_task_that_is_deeper_than_the_catalog_lets_tasks_be_mints_nothing()
    {
        var delegated = (Known with { Task = Live with { Above = [Facts.Other, Facts.Triage] } }).AllowedToAll();
        Assert.Null(ReasonOf(delegated with { DelegationDepth = 2 }));
        Assert.Equal(Reason.DepthOverCeiling, ReasonOf(delegated with { DelegationDepth = 1 }));
        Assert.Null(ReasonOf(Known with { DelegationDepth = 0 }));
    }

    [Fact]
    public void What_is_privileged_is_denied_while_no_policy_speaks_for_it()
    {
        Assert.Equal(Reason.PolicyDenied, ReasonOf(Known.With(Rule with { Risk = RiskClass.Privileged })));
        // And outside of the envelope that is the reason, not the risk.
        var facts = Known with { Task = Live with { Envelope = Make.Envelope(Facts.SendMail) } };
        Assert.Equal(Reason.ActionOutsideEnvelope, ReasonOf(facts.With(Rule with { Risk = RiskClass.Privileged })));
    }

    [Fact]
    public void Policies_have_the_last_word_and_their_terms_bind()
    {
        Assert.Equal(Reason.PolicyDenied, ReasonOf(Known.With("""forbid (principal, action, resource); permit (principal, action, resource);""")));
        var failing = Known.With($"permit (principal, action, resource); forbid (principal, action, resource) when {{ context.task.remaining_budget + {long.MaxValue} > 0 }};");
        Assert.Equal(Reason.PolicyFailed, ReasonOf(failing));

        var bound = Approve(Ask, Known.With("""@max_ttl("90s") @single_use @obligation("log") permit (principal, action, resource);"""));
        Assert.Equal((Deadlines.ToSeconds(Now).AddSeconds(90), 1), (bound.ExpiresAt, bound.Uses));
        Assert.Equal(["log"], Assert.IsType<Judgement.Allowed>(bound.Policy!.Judgement).Terms.Obligations);
        // A ceiling is no permission to live longer than the others let.
        Assert.Equal(Deadlines.ToSeconds(Now).AddMinutes(5), Approve(Ask, Known.With("""@max_ttl("1h") permit (principal, action, resource);""")).ExpiresAt);
    }

    [Fact]
    public void What_an_approval_would_allow_is_said_with_the_capability_that_it_is_for()
    {
        var facts = Known.With("""@approvers("sre") permit (principal, action, resource) when { context.approved };""");
        var needed = Assert.IsType<MintDecision.NeedsApproval>(Minting.Decide(Ask, facts, Now));
        Assert.Equal(CapabilityJson.Digest(Ask.Capability), needed.CapabilityDigest);
        Assert.Equal(["sre"], needed.Judgement.Approvers.Select(group => group.ToString()));
    }

    [Fact]
    public void A_token_without_a_key_needs_the_catalogs_word()
    {
        var ask = Ask with { Binding = new Binding.Bearer() };
        Assert.Equal(Reason.BearerNotAllowed, ReasonOf(Known, ask));
        Assert.IsType<Binding.Bearer>(Approve(ask, Known.With(Rule with { BearerAllowed = true })).Binding);
        Assert.Equal(Certificate, Approve(Ask with { Binding = Certificate }, Known).Binding);
    }

    [Theory]
    [InlineData(300, 600, null, 300)]      // the tool's ceiling
    [InlineData(900, 600, null, 600)]      // the risk class's
    [InlineData(900, 600, 60, 60)]         // what was asked
    [InlineData(900, 600, 700, 600)]       // more than that is cut
    [InlineData(900, 600, 1, 1)]
    [InlineData(7200, 7200, null, 3600)]   // the task's deadline
    [InlineData(7200, 7200, 7000, 3600)]
    public void A_token_lives_as_long_as_the_shortest_of_all_ceilings(int tool, int risk, int? asked, int expected)
    {
        var ask = Ask with { TimeToLive = asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        var facts = (Known with { RiskCeiling = TimeSpan.FromSeconds(risk) }).With(Rule with { MaxTokenLifetime = TimeSpan.FromSeconds(tool) });
        Assert.Equal(Deadlines.ToSeconds(Now).AddSeconds(expected), Approve(ask, facts).ExpiresAt);
    }

    [Fact]
    public void A_token_never_outlives_its_task_and_is_never_born_dead()
    {
        var whole = Deadlines.ToSeconds(Now);
        Assert.Equal(whole.AddSeconds(1), Approve(Ask, Known with { Task = Live with { Deadline = whole.AddSeconds(1.999) } }).ExpiresAt);
        Assert.Equal(Reason.TaskOver, ReasonOf(Known with { Task = Live with { Deadline = whole.AddSeconds(0.999) } }));
    }

    [Fact]
    public void Single_use_is_the_catalogs_word()
    {
        Assert.Null(Approve(Ask, Known).Uses);
        Assert.Equal(1, Approve(Ask, Known.With(Rule with { SingleUse = true })).Uses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void Time_to_live_is_whole_seconds_and_at_least_one(double seconds)
    {
        var refusal = Deny(Ask with { TimeToLive = TimeSpan.FromSeconds(seconds) }, Known);
        Assert.Equal((Reason.FieldOutOfRange, "time_to_live"), (refusal.Reason, refusal.Field));
    }

    [Fact]
    public void Prompt_fragments_and_capabilities_have_limits()
    {
        Assert.Null(ReasonOf(Known, Ask with { PromptFragment = new string('a', 4096) }));
        Assert.Equal((Reason.FieldTooLong, "prompt_fragment"), FieldOf(Ask with { PromptFragment = new string('a', 4097) }));
        Assert.Equal((Reason.FieldMalformed, "prompt_fragment"), FieldOf(Ask with { PromptFragment = "\0" }));

        var values = Enumerable.Range(0, 16).Select(i => $"{i:00}" + new string('v', 200)).ToArray();
        Assert.Equal((Reason.FieldTooLong, "capability"), FieldOf(Ask with { Capability = Make.Capability("t", "a", "r", ("p", Make.OneOf(values))) }));
    }

    [Fact]
    public void Malformed_input_is_refused_before_any_fact_is_looked_at() =>
        Assert.Equal(Reason.FieldOutOfRange, ReasonOf(Known with { Task = null }, Ask with { TimeToLive = TimeSpan.Zero }));

    [Fact]
    public void The_same_request_gets_the_same_token_again()
    {
        var first = Approve(Ask, Known);
        var later = Ask with { Decision = DecisionId.New(Now.AddMinutes(1)) };

        var again = Assert.IsType<MintDecision.Approved>(Minting.Repeat(later, RowOf(first), Live with { Spent = 10 }, Now.AddMinutes(1))).Grant;

        Assert.Equal(TokenClaims.ToUtf8(first, "https://broker"), TokenClaims.ToUtf8(again, "https://broker"));
        Assert.Equal((first.Decision, first.Uses, first.AskDigest), (again.Decision, again.Uses, again.AskDigest));
        Assert.Empty(again.Adds);
    }

    [Fact]
    public void The_same_request_id_with_other_content_is_refused()
    {
        var row = RowOf(Approve(Ask, Known));
        MintAsk[] others =
        [
            Ask with { Capability = Make.Capability("github.issues", "read", "acme/api/1") },
            Ask with { Binding = Certificate },
            Ask with { Binding = new Binding.Bearer() },
            Ask with { TimeToLive = TimeSpan.FromSeconds(1) },
            Ask with { PromptFragment = "x" },
        ];
        foreach (var other in others)
        {
            var refusal = Assert.IsType<MintDecision.Denied>(Minting.Repeat(other, row, Live, Now)).Refusal;
            Assert.Equal((Reason.RequestIdReused, "request_id"), (refusal.Reason, refusal.Field));
        }
    }

    [Fact]
    public void A_token_is_not_given_again_to_another_workload_or_after_its_task()
    {
        var row = RowOf(Approve(Ask, Known));
        Reason Again(TaskFacts task, DateTimeOffset now) => Assert.IsType<MintDecision.Denied>(Minting.Repeat(Ask, row, task, now)).Refusal.Reason;
        Assert.Equal(Reason.NotYourTask, Again(Live with { Workload = Facts.Other }, Now));
        Assert.Equal(Reason.TaskOver, Again(Live with { State = TaskState.Ended }, Now));
        Assert.Equal(Reason.TaskOver, Again(Live, Live.Deadline));
    }

    [Fact]
    public void Facts_of_something_else_are_a_bug_and_never_an_answer()
    {
        var row = RowOf(Approve(Ask, Known));
        Assert.Throws<UnreachableException>(() => Minting.Decide(Ask with { Task = TaskId.New(Now) }, Known, Now));
        Assert.Throws<UnreachableException>(() => Minting.Decide(Ask, Known.With(Rules.Of("mail", "send")), Now));
        Assert.Throws<UnreachableException>(() => Minting.Repeat(Ask with { Request = RequestId.Of(Guid.CreateVersion7(Now)) }, row, Live, Now));
    }

    [Fact]
    public void Deciding_does_not_depend_on_anything_but_ask_facts_and_moment()
    {
        var bytes = TokenClaims.ToUtf8(Approve(Ask, Known), "https://broker");
        for (var i = 0; i < 10; i++) Assert.Equal(bytes, TokenClaims.ToUtf8(Approve(Ask, Known), "https://broker"));
    }

    private static IssuedToken RowOf(ApprovedGrant grant) => new()
    {
        Jti = grant.Jti, Task = grant.Task, Capability = grant.Capability, Audience = grant.Audience, Binding = grant.Binding,
        IssuedAt = grant.IssuedAt.AddMilliseconds(701), ExpiresAt = grant.ExpiresAt, Uses = grant.Uses, Decision = grant.Decision,
        AskDigest = grant.AskDigest,
    };

    private static Reason? ReasonOf(MintFacts facts, MintAsk? ask = null) =>
        Minting.Decide(ask ?? Ask, facts, Now) is MintDecision.Denied(var refusal) ? refusal.Reason : null;

    private static (Reason, string?) FieldOf(MintAsk ask)
    {
        var refusal = Deny(ask, Known);
        return (refusal.Reason, refusal.Field);
    }
}
