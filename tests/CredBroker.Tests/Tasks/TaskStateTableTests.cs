using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Tasks;

namespace CredBroker.Tests.Tasks;

public sealed class TaskStateTableTests
{
    // The whole table, written out a second time: the state before, the event, and what comes of it.
    public static TheoryData<TaskState, TaskEvent, string> Whole => new()
    {
        { TaskState.Waiting, TaskEvent.Accept, "starts" },
        { TaskState.Waiting, TaskEvent.Heartbeat, "refused: TaskWaiting" },
        { TaskState.Waiting, TaskEvent.Mint, "refused: TaskWaiting" },
        { TaskState.Waiting, TaskEvent.Complete, "refused: TaskWaiting" },
        { TaskState.Waiting, TaskEvent.Fail, "refused: TaskWaiting" },
        { TaskState.Waiting, TaskEvent.Cancel, "ends: Cancelled" },
        { TaskState.Waiting, TaskEvent.PassDeadline, "ends: Deadline" },
        { TaskState.Waiting, TaskEvent.LoseHeartbeat, "stays" },
        { TaskState.Waiting, TaskEvent.Revoke, "ends: Revoked" },
        { TaskState.Waiting, TaskEvent.EndAncestor, "ends: AncestorEnded" },
        { TaskState.Waiting, TaskEvent.Delegate, "refused: TaskWaiting" },
        { TaskState.Waiting, TaskEvent.Use, "refused: TaskWaiting" },
        { TaskState.Active, TaskEvent.Accept, "stays" },
        { TaskState.Active, TaskEvent.Heartbeat, "stays" },
        { TaskState.Active, TaskEvent.Mint, "stays" },
        { TaskState.Active, TaskEvent.Complete, "ends: Completed" },
        { TaskState.Active, TaskEvent.Fail, "ends: Failed" },
        { TaskState.Active, TaskEvent.Cancel, "ends: Cancelled" },
        { TaskState.Active, TaskEvent.PassDeadline, "ends: Deadline" },
        { TaskState.Active, TaskEvent.LoseHeartbeat, "ends: HeartbeatLost" },
        { TaskState.Active, TaskEvent.Revoke, "ends: Revoked" },
        { TaskState.Active, TaskEvent.EndAncestor, "ends: AncestorEnded" },
        { TaskState.Active, TaskEvent.Delegate, "stays" },
        { TaskState.Active, TaskEvent.Use, "stays" },
        { TaskState.Ended, TaskEvent.Accept, "refused: TaskOver" },
        { TaskState.Ended, TaskEvent.Heartbeat, "refused: TaskOver" },
        { TaskState.Ended, TaskEvent.Mint, "refused: TaskOver" },
        { TaskState.Ended, TaskEvent.Complete, "stays" },
        { TaskState.Ended, TaskEvent.Fail, "stays" },
        { TaskState.Ended, TaskEvent.Cancel, "stays" },
        { TaskState.Ended, TaskEvent.PassDeadline, "stays" },
        { TaskState.Ended, TaskEvent.LoseHeartbeat, "stays" },
        { TaskState.Ended, TaskEvent.Revoke, "stays" },
        { TaskState.Ended, TaskEvent.EndAncestor, "stays" },
        { TaskState.Ended, TaskEvent.Delegate, "refused: TaskOver" },
        { TaskState.Ended, TaskEvent.Use, "refused: TaskOver" },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Each_event_does_to_each_state_what_the_table_says(TaskState before, TaskEvent happened, string expected)
    {
        var step = TaskStateTable.Step(before, happened) switch
        {
            TaskStep.Stays => "stays",
            TaskStep.Starts => "starts",
            TaskStep.Ends(var cause) => $"ends: {cause}",
            TaskStep.Refused(var reason) => $"refused: {reason}",
            _ => throw new UnreachableException(),
        };
        Assert.Equal(expected, step);
    }

    [Fact]
    public void The_test_knows_every_pair_of_state_and_event() =>
        Assert.Equal(Enum.GetValues<TaskState>().Length * Enum.GetValues<TaskEvent>().Length, Whole.Count);

    [Fact]
    public void Nothing_leads_back_from_the_end()
    {
        foreach (var happened in Enum.GetValues<TaskEvent>())
        {
            Assert.True(TaskStateTable.Step(TaskState.Ended, happened) is TaskStep.Stays or TaskStep.Refused { Reason: Reason.TaskOver });
        }
    }

    [Fact]
    public void Every_cause_of_an_end_has_its_event()
    {
        var causes = Enum.GetValues<TaskEvent>().Select(happened => TaskStateTable.Step(TaskState.Active, happened)).OfType<TaskStep.Ends>();
        Assert.Equal(Enum.GetValues<EndCause>().Order(), causes.Select(end => end.Cause).Order());
    }

    [Fact]
    public void What_is_no_state_or_no_event_is_a_bug()
    {
        Assert.Throws<UnreachableException>(() => TaskStateTable.Step((TaskState)3, TaskEvent.Mint));
        Assert.Throws<UnreachableException>(() => TaskStateTable.Step(TaskState.Active, default));
        Assert.Throws<UnreachableException>(() => TaskStateTable.Step(TaskState.Active, (TaskEvent)13));
    }

    [Fact]
    public void Numbers_are_those_that_the_database_keeps()
    {
        Assert.Equal([0, 1, 2], Enum.GetValues<TaskState>().Select(state => (int)state));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], Enum.GetValues<EndCause>().Select(cause => (int)cause));
    }
}
