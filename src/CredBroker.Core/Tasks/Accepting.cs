using System.Diagnostics;

namespace CredBroker.Core.Tasks;

/// <summary>Decides whether a delegated task may be accepted: by the workload that it was given to and nobody else, while it waits.</summary>
public static class Accepting
{
    /// <summary>Same ask, facts and moment, same decision.</summary>
    public static AcceptDecision Decide(AcceptAsk ask, AcceptFacts facts, DateTimeOffset now)
    {
        if (TaskForm.RefuseHeartbeat(ask.HeartbeatInterval) is { } malformed) return new AcceptDecision.Denied(malformed);
        if (facts.Task is not { } task) return Deny(Reason.UnknownTask);
        if (task.Id != ask.Task) throw new UnreachableException("The facts are of another task.");
        if (task.Workload != ask.Workload) return Deny(Reason.NotYourTask);
        if (task.Refuse(TaskEvent.Accept, now) is { } reason) return Deny(reason);
        if (TaskStateTable.Step(task.State, TaskEvent.Accept) is TaskStep.Stays) return new AcceptDecision.Already();
        if (facts.MaxLiveTasks is not { } most) return Deny(Reason.UnknownWorkload);
        return facts.LiveTasks < most
            ? new AcceptDecision.Accepted()
            : new AcceptDecision.Denied(new(Reason.TooManyTasks, Detail: $"at most {most} live tasks"));
    }

    private static AcceptDecision.Denied Deny(Reason reason) => new(new Refusal(reason));
}
