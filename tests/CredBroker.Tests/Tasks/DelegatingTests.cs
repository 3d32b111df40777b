using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using static CredBroker.Tests.Tasks.Delegations;

namespace CredBroker.Tests.Tasks;

public sealed class DelegatingTests
{
    [Fact]
    public void A_part_of_a_task_is_approved_with_all_that_the_record_needs()
    {
        var ask = Ask with { Intent = "log in with password=hunter2", PromptFragment = "use token=abcdef12", Budget = 4 };

        var child = Approve(ask, Known);

        Assert.Equal((Known.Child, ask.Decision, Facts.Other), (child.Id, child.Decision, child.Workload));
        Assert.Equal((Parent.Id, Parent.Id), (child.Root, child.Parent));
        Assert.Equal([Parent.Id], child.Ancestors);
        Assert.Equal(Parent.Initiator, child.Initiator);
        Assert.Equal(("log in with password=[scrubbed]", "use token=[scrubbed]"), (child.Intent, child.PromptFragment));
        Assert.Equal(ask.Envelope, child.Envelope);
        Assert.Equal((7, 4, TaskState.Waiting), (child.CatalogVersion, child.Budget, child.State));
        Assert.Equal((Now.AddTicks(-8), Now.AddTicks(-8).AddMinutes(30)), (child.CreatedAt, child.Deadline));
        Assert.Null(child.HeartbeatDue);
        Assert.Null(child.HeartbeatInterval);
    }

    [Fact]
    public void Texts_are_kept_as_digests_when_the_catalog_says_so()
    {
        var child = Approve(Ask with { PromptFragment = "x" }, Known with { Keeping = new TextKeeping.Digest(new byte[32]) });
        Assert.StartsWith("hmac-sha256:", child.Intent, StringComparison.Ordinal);
        Assert.StartsWith("hmac-sha256:", child.PromptFragment, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_input_names_its_field_and_comes_before_everything()
    {
        var nothing = Known with { Parent = null };
        Assert.Equal(new(Reason.FieldMissing, "intent"), Deny(Ask with { Intent = "" }, nothing));
        Assert.Equal("prompt_fragment", Deny(Ask with { PromptFragment = new string('a', 4097) }, nothing).Field);
        Assert.Equal("time_to_live", Deny(Ask with { TimeToLive = TimeSpan.Zero }, nothing).Field);
        Assert.Equal("budget", Deny(Ask with { Budget = 0 }, nothing).Field);
    }

    [Fact]
    public void Only_a_live_task_of_the_caller_is_delegated()
    {
        Assert.Equal(Reason.UnknownTask, ReasonOf(Ask, Known with { Parent = null }));
        Assert.Equal(Reason.NotYourTask, ReasonOf(Ask with { Workload = Facts.Other }));
        Assert.Equal(Reason.TaskWaiting, ReasonOf(Ask, Known with { Parent = Parent with { State = TaskState.Waiting } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Parent = Parent with { State = TaskState.Ended } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Parent = Parent with { Deadline = Now } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Parent = Parent with { HeartbeatDue = Now } }));
        Assert.Null(ReasonOf(Ask, Known with { Parent = Parent with { HeartbeatDue = Now.AddTicks(1) } }));
    }

    [Fact]
    public void Whose_task_it_is_comes_before_all_that_would_tell_more_of_it() =>
        Assert.Equal(
            Reason.NotYourTask,
            ReasonOf(Ask with { Workload = Facts.Other }, Known with { Parent = Parent with { State = TaskState.Ended }, LiveChildren = 3 }));

    [Theory]
    [InlineData(0, Reason.DepthOverCeiling)]
    [InlineData(1, Reason.DepthOverCeiling)]
    [InlineData(2, null)]
    public void A_child_is_no_deeper_below_the_root_than_the_catalog_says(int depth, Reason? expected)
    {
        var root = TaskId.New(Now.AddHours(-1));
        var facts = Known with
        {
            Parent = Parent with { Root = root, Above = [Facts.Other] }, Ancestors = [root, Parent.Id],
            AllowedAbove = [Known.Allowed, Known.Allowed], DelegationDepth = depth,
        };
        Assert.Equal(expected, ReasonOf(Ask, facts));
        if (expected is null) Assert.Equal((root, Parent.Id), (Approve(Ask, facts).Root, Approve(Ask, facts).Parent));
    }

    [Fact]
    public void A_catalog_that_allows_no_depth_allows_no_delegation() =>
        Assert.Equal(Reason.DepthOverCeiling, ReasonOf(Ask, Known with { DelegationDepth = 0 }));

    [Fact]
    public void A_task_has_so_many_live_children_and_no_more()
    {
        Assert.Null(ReasonOf(Ask, Known with { LiveChildren = 2 }));
        var refusal = Deny(Ask, Known with { LiveChildren = 3 });
        Assert.Equal((Reason.TooManyChildren, "at most 3 live children of a task"), (refusal.Reason, refusal.Detail));
        Assert.Equal(Reason.TooManyChildren, ReasonOf(Ask, Known with { MaxChildren = 0 }));
    }

    [Fact]
    public void What_is_above_belongs_to_the_parent_or_it_is_a_bug()
    {
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask, Known with { Ancestors = [] }, Now));
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask, Known with { Ancestors = [Known.Child] }, Now));
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask, Known with { Ancestors = [Known.Child, Parent.Id] }, Now));
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask, Known with { AllowedAbove = [] }, Now));
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask, Known with { Rules = [] }, Now));
        Assert.Throws<UnreachableException>(() => Delegating.Decide(Ask with { Parent = Known.Child }, Known, Now));
    }

    [Fact]
    public void The_deadline_is_cut_at_the_parents()
    {
        var deadline = Now.AddMinutes(10);
        Assert.Equal(deadline, Approve(Ask, Known with { Parent = Parent with { Deadline = deadline } }).Deadline);
    }

    [Fact]
    public void The_ceilings_of_the_childs_workload_hold()
    {
        Assert.Equal(Reason.UnknownDelegate, ReasonOf(Ask, Known with { Allowed = null }));
        Assert.Null(ReasonOf(Ask with { TimeToLive = TimeSpan.FromHours(1) }));
        Assert.Equal(Reason.TaskLifetimeOverCeiling, ReasonOf(Ask with { TimeToLive = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) }));
        Assert.Null(ReasonOf(Ask with { Budget = 5 }, Known with { MaxBudget = 5 }));
        Assert.Equal(Reason.TaskBudgetOverCeiling, ReasonOf(Ask with { Budget = 6 }, Known with { MaxBudget = 5 }));
    }

    [Theory]
    [InlineData(0, 10, 10)]
    [InlineData(7, 3, 3)]
    [InlineData(7, 4, null)]
    [InlineData(0, 11, null)]
    [InlineData(10, 1, null)]
    [InlineData(0, null, 5)]
    [InlineData(7, null, 1)]
    [InlineData(9, null, 1)]
    [InlineData(10, null, null)]
    public void The_budget_is_within_what_the_parent_has_left_and_half_of_it_when_none_is_asked_for(int spent, int? asked, int? expected)
    {
        var facts = Known with { Parent = Parent with { Spent = spent } };
        if (expected is { } budget) Assert.Equal(budget, Approve(Ask with { Budget = asked }, facts).Budget);
        else Assert.Equal(new(Reason.BudgetOverParents, "budget"), Deny(Ask with { Budget = asked }, facts));
    }

    [Fact]
    public void A_budget_that_is_not_asked_for_stays_under_the_ceiling() =>
        Assert.Equal(2, Approve(Ask, Known with { MaxBudget = 2 }).Budget);

    [Fact]
    public void Nothing_is_given_that_the_parent_does_not_have()
    {
        DelegateFacts Of(params Core.Capabilities.Capability[] envelope) => Known with { Parent = Parent with { Envelope = Make.Envelope(envelope) } };
        Assert.Equal(new(Reason.ActionOutsideEnvelope, "envelope[1]"), Deny(Ask, Of(Facts.ReadIssues)));
        Assert.Equal(new(Reason.ResourceOutsideEnvelope, "envelope[0]"), Deny(Ask, Of(Make.Capability("github.issues", "read", "acme/web/*"), Facts.SendMail)));
        Assert.Equal(
            new(Reason.ParameterOutsideEnvelope, "envelope[0]"),
            Deny(Ask, Of(Make.Capability("github.issues", "read", "acme/**", ("state", Make.OneOf("open"))), Facts.SendMail)));
        // What only two members of the parent's allow together is not within one.
        Assert.Equal(
            Reason.ResourceOutsideEnvelope,
            ReasonOf(Ask with { Envelope = Make.Envelope(Facts.ReadIssues, Facts.SendMail) },
                Of(Make.Capability("github.issues", "read", "acme/*"), Make.Capability("github.issues", "read", "acme/api/**"), Facts.SendMail)));
    }

    [Fact]
    public void Nothing_is_given_that_the_catalog_does_not_allow_the_childs_own_workload()
    {
        Assert.Equal(new(Reason.UnknownTool, "envelope[1]"), Deny(Ask, Known with { Rules = [Known.Rules[0], default] }));
        Assert.Equal(new(Reason.UnknownAction, "envelope[0]"), Deny(Ask, Known with { Rules = [new(true, null), Known.Rules[1]] }));
        Assert.Equal(new(Reason.ActionNotAllowed, "envelope[1]"), Deny(Ask, Known with { Allowed = new([Facts.ReadIssues]) }));
        Assert.Equal(
            new(Reason.ResourceNotAllowed, "envelope[0]"),
            Deny(Ask, Known with { Allowed = new([Make.Capability("github.issues", "read", "acme/*"), Facts.SendMail]) }));
    }

    [Fact]
    public void Nothing_is_given_on_that_the_catalog_took_from_a_workload_above()
    {
        var root = TaskId.New(Now.AddHours(-1));
        var deeper = Known with { Parent = Parent with { Root = root, Above = [Facts.Other] }, Ancestors = [root, Parent.Id] };
        foreach (var facts in new[] { Known with { AllowedAbove = [new([Facts.ReadIssues])] }, deeper with { AllowedAbove = [new([Facts.ReadIssues]), Known.Allowed] } })
            Assert.Equal((Reason.NotAllowedAbove, "envelope[1]"), (Deny(Ask, facts).Reason, Deny(Ask, facts).Field));
        foreach (var facts in new[] { Known with { AllowedAbove = [null] }, deeper with { AllowedAbove = [null, Known.Allowed] } })
            Assert.Equal((Reason.NotAllowedAbove, "envelope[0]"), (Deny(Ask, facts).Reason, Deny(Ask, facts).Field));
        Assert.Equal("the catalog has no spiffe://example.org/agents/triage", Deny(Ask, Known with { AllowedAbove = [null] }).Detail);
    }
}
