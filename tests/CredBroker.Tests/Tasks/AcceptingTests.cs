using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Tasks;

namespace CredBroker.Tests.Tasks;

public sealed class AcceptingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
    private static readonly TaskFacts Waiting = Facts.Task(Now) with { State = TaskState.Waiting };
    private static readonly AcceptFacts Known = new(Waiting, LiveTasks: 4, MaxLiveTasks: 5);
    private static readonly AcceptAsk Ask = new() { Task = Waiting.Id, Decision = DecisionId.New(Now), Workload = Waiting.Workload };

    [Fact]
    public void A_task_that_waits_is_accepted_by_its_workload() =>
        Assert.IsType<AcceptDecision.Accepted>(Accepting.Decide(Ask, Known, Now));

    [Fact]
    public void Accepting_again_changes_nothing_however_many_tasks_there_are_by_then() =>
        Assert.IsType<AcceptDecision.Already>(Accepting.Decide(Ask, new(Waiting with { State = TaskState.Active }, 5, 5), Now));

    [Fact]
    public void Nobody_else_accepts_it_whatever_its_state()
    {
        foreach (var state in Enum.GetValues<TaskState>())
            Assert.Equal(Reason.NotYourTask, ReasonOf(Ask with { Workload = Facts.Other }, Known with { Task = Waiting with { State = state } }));
        Assert.Equal(Reason.UnknownTask, ReasonOf(Ask, Known with { Task = null }));
    }

    [Fact]
    public void What_is_over_is_not_accepted()
    {
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Task = Waiting with { State = TaskState.Ended } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Task = Waiting with { Deadline = Now } }));
        Assert.Equal(Reason.TaskOver, ReasonOf(Ask, Known with { Task = Waiting with { State = TaskState.Active, Deadline = Now } }));
    }

    [Fact]
    public void The_workload_has_no_more_live_tasks_than_it_may_and_is_still_in_the_catalog()
    {
        Assert.Equal(Reason.TooManyTasks, ReasonOf(Ask, Known with { LiveTasks = 5 }));
        Assert.Equal(Reason.UnknownWorkload, ReasonOf(Ask, Known with { MaxLiveTasks = null }));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3600, null)]
    [InlineData(0.5, Reason.FieldOutOfRange)]
    [InlineData(3601, Reason.FieldOutOfRange)]
    public void The_child_promises_its_own_heartbeats_a_second_to_an_hour_apart(double seconds, Reason? expected) =>
        Assert.Equal(expected, ReasonOf(Ask with { HeartbeatInterval = TimeSpan.FromSeconds(seconds) }, Known));

    [Fact]
    public void Facts_of_another_task_are_a_bug() =>
        Assert.Throws<UnreachableException>(() => Accepting.Decide(Ask with { Task = TaskId.New(Now) }, Known, Now));

    private static Reason? ReasonOf(AcceptAsk ask, AcceptFacts facts) =>
        Accepting.Decide(ask, facts, Now) is AcceptDecision.Denied(var refusal) ? refusal.Reason : null;
}
