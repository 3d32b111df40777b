using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Server.Tasks;

/// <summary>Tasks as proto messages.</summary>
internal static class TaskMessages
{
    /// <summary>A task that has just been approved.</summary>
    /// <param name="task">It.</param>
    /// <param name="createdAt">When the database took it.</param>
    public static V1.Task Of(ApprovedTask task, DateTimeOffset createdAt) => new()
    {
        TaskId = task.Id.ToString(), RootTaskId = task.Root.ToString(), ParentTaskId = task.Parent?.ToString() ?? "",
        Workload = task.Workload.ToString(), Initiator = task.Initiator,
        Intent = task.Intent, Envelope = { task.Envelope.Capabilities.Select(capability => capability.ToMessage()) },
        State = StateOf(task.State), CreatedAt = createdAt.ToTimestamp(), Deadline = task.Deadline.ToTimestamp(),
        HeartbeatDue = task.HeartbeatDue?.ToTimestamp(), Budget = task.Budget,
    };

    /// <summary>A task as the database has it, with its tree's history.</summary>
    public static V1.Task Of(Ledger.TaskRow row)
    {
        var message = new V1.Task
        {
            TaskId = row.Id.ToString(), RootTaskId = row.RootId.ToString(), ParentTaskId = row.ParentId?.ToString() ?? "",
            Workload = row.Workload, Initiator = row.Initiator, Intent = row.Intent, Envelope = { EnvelopeOf(row.EnvelopeJson) },
            State = StateOf(row.State), CreatedAt = row.CreatedAt.ToTimestamp(), Deadline = row.Deadline.ToTimestamp(),
            HeartbeatDue = row.HeartbeatDue?.ToTimestamp(), Budget = row.Budget, Spent = row.Spent, History = { row.History },
            EndedAt = row.EndedAt?.ToTimestamp(), EndSummary = row.EndSummary ?? "",
        };
        if (row.EndCause is { } cause) message.EndCause = CauseOf(cause);
        return message;
    }

    /// <summary>A task as the database has it; the history is there for roots only.</summary>
    public static V1.Task Of(Storage.TaskRow row)
    {
        var message = new V1.Task
        {
            TaskId = row.Id.ToString(), RootTaskId = row.RootId.ToString(), ParentTaskId = row.ParentId?.ToString() ?? "",
            Workload = row.Workload, Initiator = row.Initiator, Intent = row.Intent, Envelope = { EnvelopeOf(row.Envelope) },
            State = StateOf(row.State), CreatedAt = row.CreatedAt.ToTimestamp(), Deadline = row.Deadline.ToTimestamp(),
            HeartbeatDue = row.HeartbeatDue == DateTimeOffset.MaxValue ? null : row.HeartbeatDue.ToTimestamp(),
            Budget = row.Budget, Spent = row.Spent, History = { row.History },
            EndedAt = row.EndedAt?.ToTimestamp(), EndSummary = row.EndSummary ?? "",
        };
        if (row.EndCause is { } cause) message.EndCause = CauseOf(cause);
        return message;
    }

    /// <summary>The cause on the wire: the same numbers.</summary>
    public static V1.EndCause CauseOf(EndCause cause) => (V1.EndCause)(int)cause;

    // On the wire zero means that nothing was said, so states are one higher there.
    private static V1.TaskState StateOf(TaskState state) => (V1.TaskState)((int)state + 1);

    private static IEnumerable<V1.Capability> EnvelopeOf(string json) => CapabilityJson.TryParse(json, out Envelope? envelope)
        ? envelope.Capabilities.Select(capability => capability.ToMessage())
        : throw new InvalidDataException("The envelope of a task in the database does not read.");
}
