using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Client;

/// <summary>
/// A task that ends with the block that opened, or accepted, it. Heartbeats, when the task promises them, are sent in the background at a third of
/// their interval. Disposing ends the task, as failed unless <see cref="EndAsync"/> was called before: an exception that unwinds the
/// block must not look like work done. If the broker cannot be reached then, the task's own deadline ends it.
/// </summary>
public sealed class TaskLease : IAsyncDisposable
{
    private readonly AgentSession _session;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ended;
    private readonly Task _heartbeats;
    private bool _over;

    private TaskLease(AgentSession session, V1.Task task, string decisionId, TimeSpan? interval)
    {
        (_session, Started, DecisionId) = (session, task, decisionId);
        var left = task.Deadline.ToDateTimeOffset() - Clock.GetUtcNow();
        _ended = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, Clock);
        Ended = _ended.Token;
        _heartbeats = interval is { } promised && task.HeartbeatDue is { } due
            ? HeartbeatAsync(promised / 3, due.ToDateTimeOffset())
            : Task.CompletedTask;
    }

    /// <summary>The task as it was started, or accepted.</summary>
    public V1.Task Started { get; }

    /// <summary>The id of the task.</summary>
    public string TaskId => Started.TaskId;

    /// <summary>The decision that allowed it; empty for a task that had been accepted before.</summary>
    public string DecisionId { get; }

    /// <summary>
    /// Cancelled when the task is known to be over without us: its deadline passed, a heartbeat was refused, or none reached the broker
    /// in time. Its tokens are dead then.
    /// </summary>
    public CancellationToken Ended { get; }

    private TimeProvider Clock => _session.Connection.Clock;

    /// <summary>Starts a task.</summary>
    /// <param name="session">The workload that starts it.</param>
    /// <param name="request">What StartTask takes. An empty <c>request_id</c> is filled in.</param>
    /// <param name="ct">Cancels the start, not the task.</param>
    /// <exception cref="RpcException">The broker refused, or is away.</exception>
    public static async Task<TaskLease> StartAsync(AgentSession session, StartTaskRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestId.Length == 0) request.RequestId = session.Connection.NewRequestId();
        var started = await session.Tasks.StartTaskAsync(request, cancellationToken: ct);
        return new TaskLease(session, started.Task, started.DecisionId, request.HeartbeatInterval?.ToTimeSpan());
    }

    /// <summary>Accepts a task that was delegated to the workload.</summary>
    /// <param name="session">The workload that it was delegated to.</param>
    /// <param name="request">
    /// What AcceptTask takes. An empty <c>request_id</c> is filled in. Whoever accepts again, after a restart say, asks for the same
    /// heartbeats: those that were promised first are the ones that hold.
    /// </param>
    /// <param name="ct">Cancels the wait for the answer, not the task.</param>
    /// <exception cref="RpcException">The broker refused, or is away.</exception>
    public static async Task<TaskLease> AcceptAsync(AgentSession session, AcceptTaskRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestId.Length == 0) request.RequestId = session.Connection.NewRequestId();
        var accepted = await session.Tasks.AcceptTaskAsync(request, cancellationToken: ct);
        return new TaskLease(session, accepted.Task, accepted.DecisionId, request.HeartbeatInterval?.ToTimeSpan());
    }

    /// <summary>Gives a part of the task to another workload, which has to accept it. It ends with this task at the latest.</summary>
    /// <param name="request">What DelegateTask takes. <c>task_id</c> is filled in, and so is an empty <c>request_id</c>.</param>
    /// <param name="ct">Cancels the wait for the answer.</param>
    /// <returns>The task that waits; its id is what the other workload has to be told.</returns>
    /// <exception cref="RpcException">The broker refused, or is away.</exception>
    public async Task<V1.Task> DelegateAsync(DelegateTaskRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.TaskId = TaskId;
        if (request.RequestId.Length == 0) request.RequestId = _session.Connection.NewRequestId();
        return (await _session.Tasks.DelegateTaskAsync(request, cancellationToken: ct)).Task;
    }

    /// <summary>Ends the task, its descendants and every token.</summary>
    /// <param name="outcome">How the work ended.</param>
    /// <param name="summary">In the agent's words: at most 4,096 bytes.</param>
    /// <param name="ct">Cancels the wait for the answer.</param>
    /// <exception cref="RpcException">The broker refused, or is away.</exception>
    public async Task<EndTaskResponse> EndAsync(Outcome outcome, string summary, CancellationToken ct)
    {
        await StopHeartbeatsAsync();
        var request = new EndTaskRequest
        {
            RequestId = _session.Connection.NewRequestId(),
            TaskId = TaskId,
            Outcome = outcome,
            Summary = summary,
        };
        var ended = await _session.Tasks.EndTaskAsync(request, cancellationToken: ct);
        _over = true;
        return ended;
    }

    /// <summary>Stops the heartbeats, and ends the task as failed unless it was ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopHeartbeatsAsync();
        try
        {
            if (!_over) await EndAsync(Outcome.Failed, "", CancellationToken.None);
        }
        catch (RpcException)
        {
            // Nothing is left to do: without heartbeats, or at its deadline, the broker ends the task by itself.
        }

        _ended.Dispose();
        _stop.Dispose();
    }

    private async Task StopHeartbeatsAsync()
    {
        await _stop.CancelAsync();
        await _heartbeats;
    }

    private async Task HeartbeatAsync(TimeSpan every, DateTimeOffset due)
    {
        using var timer = new PeriodicTimer(every, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (await BeatAsync(due) is { } next) due = next;
                if (due <= Clock.GetUtcNow()) await _ended.CancelAsync();
                if (Ended.IsCancellationRequested) return;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // The next due time; null when this beat did not arrive. A refusal ends the lease, anything else is tried again at the next tick.
    private async Task<DateTimeOffset?> BeatAsync(DateTimeOffset due)
    {
        var request = new HeartbeatRequest { RequestId = _session.Connection.NewRequestId(), TaskId = TaskId };
        try
        {
            var answer = await _session.Tasks.HeartbeatAsync(request, deadline: due.UtcDateTime, cancellationToken: _stop.Token);
            return answer.HeartbeatDue?.ToDateTimeOffset();
        }
        catch (RpcException failure)
        {
            if (BrokerRefusal.Of(failure).IsDenied) await _ended.CancelAsync();
            return null;
        }
    }
}
