using CredBroker.Core;
using CredBroker.Core.Tasks;

namespace CredBroker.Tests.Tasks;

public sealed class TaskFactsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    [Fact]
    public void A_live_task_refuses_nothing_that_is_its_workloads_to_do()
    {
        var task = Facts.Task(Now);
        foreach (var asked in new[] { TaskEvent.Mint, TaskEvent.Heartbeat, TaskEvent.Complete }) Assert.Null(task.Refuse(asked, Now));
    }

    [Fact]
    public void A_task_is_over_at_its_deadline_to_the_tick_whatever_its_row_says()
    {
        var task = Facts.Task(Now) with { Deadline = Now };
        Assert.Null(task.Refuse(TaskEvent.Mint, Now.AddTicks(-1)));
        Assert.Equal(Reason.TaskOver, task.Refuse(TaskEvent.Mint, Now));
    }

    [Fact]
    public void A_task_is_over_when_its_heartbeat_is_due_to_the_tick()
    {
        var task = Facts.Task(Now) with { HeartbeatDue = Now };
        Assert.Null(task.Refuse(TaskEvent.Mint, Now.AddTicks(-1)));
        Assert.Equal(Reason.TaskOver, task.Refuse(TaskEvent.Mint, Now));
        Assert.Equal(Reason.TaskOver, task.Refuse(TaskEvent.Heartbeat, Now));
    }

    [Fact]
    public void The_state_speaks_first()
    {
        Assert.Equal(Reason.TaskWaiting, (Facts.Task(Now) with { State = TaskState.Waiting }).Refuse(TaskEvent.Mint, Now));
        Assert.Equal(Reason.TaskOver, (Facts.Task(Now) with { State = TaskState.Ended }).Refuse(TaskEvent.Mint, Now));
    }

    [Fact]
    public void Ending_what_has_ended_is_fine() =>
        Assert.Null((Facts.Task(Now) with { State = TaskState.Ended, Deadline = Now }).Refuse(TaskEvent.Complete, Now));
}
