using System.Diagnostics;
using System.Reflection;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;

namespace CredBroker.Tests.Tasks;

public sealed class StartingTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero).AddTicks(12_345_678);

    [Fact]
    public void A_task_within_the_catalog_is_approved_with_all_that_the_record_needs()
    {
        var ask = Facts.Ask(Now) with
        {
            Intent = "log in with password=hunter2", PromptFragment = "use token=abcdef12", HeartbeatInterval = TimeSpan.FromSeconds(30), Budget = 9,
        };

        var task = Approved(ask, Facts.Start());

        Assert.Equal((ask.Task, ask.Decision, ask.Workload, ask.Initiator), (task.Id, task.Decision, task.Workload, task.Initiator));
        Assert.Equal("log in with password=[scrubbed]", task.Intent);
        Assert.Equal("use token=[scrubbed]", task.PromptFragment);
        Assert.Equal(ask.Envelope, task.Envelope);
        Assert.Equal(7, task.CatalogVersion);
        Assert.Equal(Now.AddTicks(-8), task.CreatedAt);
        Assert.Equal(Now.AddTicks(-8).AddMinutes(30), task.Deadline);
        Assert.Equal(Now.AddTicks(-8).AddSeconds(30), task.HeartbeatDue);
        Assert.Equal(TimeSpan.FromSeconds(30), task.HeartbeatInterval);
        Assert.Equal(9, task.Budget);
    }

    [Fact]
    public void What_was_not_asked_for_is_the_ceiling_or_nothing()
    {
        var task = Approved(Facts.Ask(Now), Facts.Start());
        Assert.Equal(100, task.Budget);
        Assert.Null(task.HeartbeatDue);
        Assert.Null(task.HeartbeatInterval);
        Assert.Null(task.PromptFragment);
    }

    [Fact]
    public void Texts_are_kept_as_digests_when_the_catalog_says_so()
    {
        var salt = new byte[32];
        var task = Approved(Facts.Ask(Now) with { PromptFragment = "x" }, Facts.Start() with { Keeping = new TextKeeping.Digest(salt) });
        Assert.StartsWith("hmac-sha256:", task.Intent, StringComparison.Ordinal);
        Assert.StartsWith("hmac-sha256:", task.PromptFragment, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_input_names_its_field()
    {
        var ask = Facts.Ask(Now);
        Assert.Equal(new(Reason.FieldMissing, "intent"), Denied(ask with { Intent = "" }));
        Assert.Equal((Reason.FieldTooLong, "intent"), FieldOf(Denied(ask with { Intent = new string('é', 2049) })));
        Assert.Equal((Reason.FieldMalformed, "intent"), FieldOf(Denied(ask with { Intent = "a\0" })));
        Assert.Equal(new(Reason.FieldMissing, "initiator"), Denied(ask with { Initiator = "" }));
        Assert.Equal((Reason.FieldTooLong, "initiator"), FieldOf(Denied(ask with { Initiator = new string('a', 257) })));
        Assert.Equal((Reason.FieldTooLong, "prompt_fragment"), FieldOf(Denied(ask with { PromptFragment = new string('a', 4097) })));
        Assert.Equal((Reason.FieldOutOfRange, "budget"), FieldOf(Denied(ask with { Budget = 0 })));
    }

    [Fact]
    public void Texts_at_their_limits_pass()
    {
        var ask = Facts.Ask(Now);
        Approved(
            ask with { Intent = new string('é', 2048), Initiator = new string('a', 256), PromptFragment = new string('a', 4096), Budget = 1 },
            Facts.Start());
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3600, null)]
    [InlineData(0.9999999, Reason.FieldOutOfRange)]
    [InlineData(-1, Reason.FieldOutOfRange)]
    [InlineData(3600.0000001, Reason.TaskLifetimeOverCeiling)]
    [InlineData(86400, Reason.TaskLifetimeOverCeiling)]
    [InlineData(86400.0000001, Reason.FieldOutOfRange)]
    public void Time_to_live_is_a_second_to_the_catalogs_ceiling(double seconds, Reason? expected) =>
        Assert.Equal(expected, ReasonOf(Facts.Ask(Now) with { TimeToLive = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) }));

    [Fact]
    public void No_catalog_makes_a_task_live_longer_than_a_day()
    {
        var facts = Facts.Start() with { MaxTimeToLive = TimeSpan.FromDays(30) };
        var ask = Facts.Ask(Now);
        Assert.Equal(Now.AddTicks(-8).AddDays(1), Approved(ask with { TimeToLive = TimeSpan.FromDays(1) }, facts).Deadline);
        Assert.Equal(Reason.FieldOutOfRange, ReasonOf(ask with { TimeToLive = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) }, facts));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3600, null)]
    [InlineData(0.5, Reason.FieldOutOfRange)]
    [InlineData(3601, Reason.FieldOutOfRange)]
    public void Heartbeats_are_a_second_to_an_hour_apart(double seconds, Reason? expected) =>
        Assert.Equal(expected, ReasonOf(Facts.Ask(Now) with { HeartbeatInterval = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public void Budget_and_number_of_tasks_have_ceilings()
    {
        Assert.Null(ReasonOf(Facts.Ask(Now) with { Budget = 100 }));
        Assert.Equal(Reason.TaskBudgetOverCeiling, ReasonOf(Facts.Ask(Now) with { Budget = 101 }));
        Assert.Null(ReasonOf(Facts.Ask(Now), Facts.Start() with { LiveTasks = 4 }));
        Assert.Equal(Reason.TooManyTasks, ReasonOf(Facts.Ask(Now), Facts.Start() with { LiveTasks = 5 }));
    }

    [Fact]
    public void A_workload_that_the_catalog_no_longer_has_starts_nothing() =>
        Assert.Equal(Reason.UnknownWorkload, ReasonOf(Facts.Ask(Now), Facts.Start() with { Allowed = null }));

    [Fact]
    public void Every_capability_of_the_envelope_must_be_within_the_allow_list()
    {
        var facts = Facts.Start();
        Assert.Equal(new(Reason.UnknownTool, "envelope[1]"), Denied(Facts.Ask(Now), facts with { Rules = [facts.Rules[0], default] }));
        Assert.Equal(
            new(Reason.UnknownAction, "envelope[0]"), Denied(Facts.Ask(Now), facts with { Rules = [new(true, null), facts.Rules[1]] }));
        Assert.Equal(new(Reason.ActionNotAllowed, "envelope[1]"), Denied(Facts.Ask(Now), facts with { Allowed = new([Facts.ReadIssues]) }));
        Assert.Equal(
            new(Reason.ResourceNotAllowed, "envelope[0]"),
            Denied(Facts.Ask(Now), facts with { Allowed = new([Make.Capability("github.issues", "read", "acme/*"), Facts.SendMail]) }));
    }

    [Fact]
    public void A_rule_for_each_capability_or_it_is_a_bug() =>
        Assert.Throws<UnreachableException>(() => Starting.Decide(Facts.Ask(Now), Facts.Start() with { Rules = [] }, Now));

    [Fact]
    public void Only_the_rules_make_approved_tasks() =>
        Assert.DoesNotContain(
            typeof(ApprovedTask).GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance),
            constructor => !constructor.IsAssembly && !constructor.IsPrivate);

    private static ApprovedTask Approved(StartAsk ask, StartFacts facts) =>
        Assert.IsType<StartDecision.Approved>(Starting.Decide(ask, facts, Now)).Task;

    private static Refusal Denied(StartAsk ask, StartFacts? facts = null) =>
        Assert.IsType<StartDecision.Denied>(Starting.Decide(ask, facts ?? Facts.Start(), Now)).Refusal;

    private static Reason? ReasonOf(StartAsk ask, StartFacts? facts = null) =>
        Starting.Decide(ask, facts ?? Facts.Start(), Now) is StartDecision.Denied(var refusal) ? refusal.Reason : null;

    private static (Reason, string?) FieldOf(Refusal refusal) => (refusal.Reason, refusal.Field);
}
