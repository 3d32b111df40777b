using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Output;

/// <summary>Tasks as people read them.</summary>
internal static class TaskPage
{
    /// <summary>One task, whole.</summary>
    public static void Show(Page page, V1.Task task)
    {
        page.Fields(
            ("task", task.TaskId),
            ("state", State(task)),
            ("workload", task.Workload),
            ("initiator", task.Initiator),
            ("intent", task.Intent),
            ("parent", task.ParentTaskId),
            ("root", task.RootTaskId == task.TaskId ? "" : task.RootTaskId),
            ("created", Page.Time(task.CreatedAt)),
            ("deadline", Page.Time(task.Deadline)),
            ("heartbeat due", Page.Time(task.HeartbeatDue)),
            ("tokens", $"{task.Spent} of {task.Budget}"),
            ("history", string.Join(", ", task.History)),
            ("ended", Page.Time(task.EndedAt)),
            ("summary", task.EndSummary));
        if (task.Envelope.Count > 0) page.Tree("envelope", task.Envelope.Select(capability => new Branch(CapabilityText.Of(capability))));
    }

    /// <summary>Tasks, one to a line.</summary>
    public static void List(Page page, IEnumerable<V1.Task> tasks) => page.Table(
        "no tasks",
        ["TASK", "STATE", "DEADLINE", "TOKENS", "WORKLOAD", "INITIATOR", "INTENT"],
        tasks.Select(task => new[]
        {
            task.TaskId, State(task), Page.Time(task.Deadline), $"{task.Spent}/{task.Budget}", task.Workload, task.Initiator, Short(task.Intent),
        }));

    /// <summary>Tasks under the tasks that delegated to them, as far as they are listed too.</summary>
    public static void Trees(Page page, IReadOnlyList<V1.Task> tasks)
    {
        var listed = tasks.Select(task => task.TaskId).ToHashSet(StringComparer.Ordinal);
        var children = tasks.Where(task => listed.Contains(task.ParentTaskId)).ToLookup(task => task.ParentTaskId, StringComparer.Ordinal);
        foreach (var top in tasks.Where(task => !listed.Contains(task.ParentTaskId))) page.Tree(Line(top), Below(top));
        if (tasks.Count == 0) page.Line("no tasks");

        IEnumerable<Branch> Below(V1.Task task) => children[task.TaskId].Select(child => new Branch(Line(child), [.. Below(child)]));
    }

    /// <summary>The state, and why it ended.</summary>
    public static string State(V1.Task task) => task.State switch
    {
        TaskState.Waiting => "waiting",
        TaskState.Active => "active",
        TaskState.Ended => $"ended: {Cause(task.EndCause)}",
        _ => "unknown",
    };

    /// <summary>Why a task ended, in words.</summary>
    public static string Cause(EndCause cause) => cause switch
    {
        EndCause.Completed => "completed",
        EndCause.Failed => "failed",
        EndCause.Cancelled => "cancelled",
        EndCause.Deadline => "deadline",
        EndCause.HeartbeatLost => "heartbeat lost",
        EndCause.Revoked => "revoked",
        EndCause.AncestorEnded => "ancestor ended",
        _ => "unknown",
    };

    private static string Line(V1.Task task) => $"{task.TaskId}  {State(task)}  {task.Workload}  {Short(task.Intent)}";

    // A line of a table is no place for 4 KiB of intent.
    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..59]}…";
}
