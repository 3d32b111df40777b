using System.Diagnostics;
using static CredBroker.Core.Tasks.TaskEvent;
using static CredBroker.Core.Tasks.TaskState;

namespace CredBroker.Core.Tasks;

/// <summary>The life of a task as a table: a row for each event, a column for each state. What is not in it does not happen.</summary>
public static class TaskStateTable
{
    private static readonly TaskStep Stay = new TaskStep.Stays();
    private static readonly TaskStep Start = new TaskStep.Starts();
    private static readonly TaskStep NotYet = new TaskStep.Refused(Reason.TaskWaiting);
    private static readonly TaskStep Over = new TaskStep.Refused(Reason.TaskOver);

    private static readonly (TaskEvent Event, TaskStep OfWaiting, TaskStep OfActive, TaskStep OfEnded)[] Rows =
    [
        // event        waiting                      active                         ended
        (Accept,        Start,                       Stay,                          Over),
        (Heartbeat,     NotYet,                      Stay,                          Over),
        (Mint,          NotYet,                      Stay,                          Over),
        (Complete,      NotYet,                      End(EndCause.Completed),       Stay),
        (Fail,          NotYet,                      End(EndCause.Failed),          Stay),
        (Cancel,        End(EndCause.Cancelled),     End(EndCause.Cancelled),       Stay),
        (PassDeadline,  End(EndCause.Deadline),      End(EndCause.Deadline),        Stay),
        (LoseHeartbeat, Stay,                        End(EndCause.HeartbeatLost),   Stay),
        (Revoke,        End(EndCause.Revoked),       End(EndCause.Revoked),         Stay),
        (EndAncestor,   End(EndCause.AncestorEnded), End(EndCause.AncestorEnded),   Stay),
        (TaskEvent.Delegate, NotYet,                      Stay,                          Over),
        (Use,           NotYet,                      Stay,                          Over),
    ];

    /// <summary>What the event does to a task in that state.</summary>
    /// <exception cref="UnreachableException">A state or an event that is none.</exception>
    public static TaskStep Step(TaskState state, TaskEvent happened)
    {
        var at = (int)happened - 1;
        if (at < 0 || at >= Rows.Length) throw new UnreachableException($"No event {happened}.");
        Debug.Assert(Rows[at].Event == happened, "Rows are in the order of the events.");
        return state switch
        {
            Waiting => Rows[at].OfWaiting,
            Active => Rows[at].OfActive,
            Ended => Rows[at].OfEnded,
            _ => throw new UnreachableException($"No state {state}."),
        };
    }

    private static TaskStep.Ends End(EndCause cause) => new(cause);
}
