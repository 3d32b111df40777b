using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Decides once how a call ends. The handler may end it, or the deadline, the caller or the stopping server may interrupt
/// it; an interruption answers at once, also when the handler never looks at its token.
/// </summary>
internal sealed class CallGate(HttpContext http, TimeProvider clock) : IAsyncDisposable
{
    // The longest due time that a timer takes is about 49 days; longer deadlines are waited for in pieces.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    // Long enough for a reader that is only slow, short enough for a server that stops.
    private static readonly TimeSpan StalledReader = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly PipeReader _input = http.Request.BodyReader;
    private readonly PipeWriter _output = http.Response.BodyWriter;

    [SuppressMessage("Usage", "CA2213", Justification = "Handlers may hold the token; a source without a timer holds nothing to dispose.")]
    private CancellationTokenSource? _cancellation;

    private CancellationTokenRegistration _aborted;
    private CancellationTokenRegistration _stopping;
    private ITimer? _timer;
    private TimeSpan _timeLeft;
    private TaskCompletionSource? _writerLeft;
    private Task? _interruption;
    private bool _isWriting;
    private bool _isEnded;
    private volatile bool _isInterrupted;

    /// <summary>True once something else than the handler ended the call.</summary>
    public bool IsInterrupted => _isInterrupted;

    /// <summary>Fires on interruption. Made when somebody asks: most handlers of single messages do not.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                if (_cancellation is not null) return _cancellation.Token;

                _cancellation = new CancellationTokenSource();
                if (IsInterrupted) _ = _cancellation.CancelAsync();
                else if (!_isEnded) _aborted = http.RequestAborted.UnsafeRegister(gate => ((CallGate)gate!).CallerLeft(), this);
                return _cancellation.Token;
            }
        }
    }

    public void StartDeadline(TimeSpan timeout)
    {
        // Rounded up: a timer that fires early would answer before the deadline.
        _timeLeft = TimeSpan.FromMilliseconds(Math.Ceiling(timeout.TotalMilliseconds));
        lock (_gate)
        {
            _timer = clock.CreateTimer(gate => ((CallGate)gate!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Wait();
        }
    }

    /// <summary>Streams end when the server begins to stop; single answers are waited for.</summary>
    public void EndWith(RpcException answer, CancellationToken serverStops)
    {
        lock (_gate)
        {
            _stopping = serverStops.UnsafeRegister(_ => Interrupt(answer.Status, answer.Trailers), null);
        }
    }

    /// <summary>The caller is gone, so that nothing is sent to it any more.</summary>
    public void CallerLeft() => Interrupt(null);

    /// <summary>The handler gave up in the middle of a message.</summary>
    public void HandlerLeft() => Interrupt(Status.DefaultCancelled);

    /// <summary>Enters the one place from which messages are written. Each success is followed by <see cref="LeaveWrite"/>.</summary>
    /// <exception cref="InvalidOperationException">Another write is under way, or the handler has returned.</exception>
    /// <exception cref="OperationCanceledException">The call was interrupted.</exception>
    public void EnterWrite()
    {
        lock (_gate)
        {
            if (IsInterrupted) throw new OperationCanceledException("The call has ended.", Token);
            if (_isEnded) throw new InvalidOperationException("The call has ended: its handler has returned.");
            if (_isWriting) throw new InvalidOperationException("Only one write can be pending at a time.");
            _isWriting = true;
        }
    }

    public void LeaveWrite()
    {
        lock (_gate)
        {
            _isWriting = false;
            _writerLeft?.SetResult();
        }
    }

    /// <summary>True for the first who asks, and only if the call was not interrupted.</summary>
    public bool TryEnd()
    {
        lock (_gate)
        {
            if (_isEnded) return false;
            _isEnded = true;
            return true;
        }
    }

    /// <summary>To be awaited before the request is given back to Kestrel: nothing touches it afterwards.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isEnded = true;
            _timer?.Dispose();
            _aborted.Unregister();
            _stopping.Unregister();
            return _interruption is null ? ValueTask.CompletedTask : new ValueTask(_interruption);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isEnded) return;
            if (_timeLeft > TimeSpan.Zero) Wait();
            else Interrupt(new Status(StatusCode.DeadlineExceeded, "Deadline exceeded."));
        }
    }

    private void Wait()
    {
        var next = _timeLeft < LongestTimer ? _timeLeft : LongestTimer;
        _timeLeft -= next;
        _timer!.Change(next, Timeout.InfiniteTimeSpan);
    }

    private void Interrupt(Status? status, Metadata? trailers = null)
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            _isInterrupted = true;
            if (_isWriting) _writerLeft = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            // The token is cancelled before anyone can see the end of the call in another way; its callbacks run elsewhere.
            var cancelling = _cancellation?.CancelAsync() ?? Task.CompletedTask;
            _interruption = FinishAsync(status, trailers, cancelling);
        }
    }

    private async Task FinishAsync(Status? status, Metadata? trailers, Task cancelling)
    {
        // Out of the lock, and off the timer's or the connection's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        _input.CancelPendingRead();
        var isStalled = status is not null && !await IsRestTakenAsync();
        if (_writerLeft is not null)
        {
            _output.CancelPendingFlush();
            await _writerLeft.Task;
        }

        if (status is { } answer && !isStalled)
        {
            ResponseEnd.Write(http, answer, trailers);
            await http.Response.CompleteAsync();
        }
        else
        {
            CallTelemetry.Record(http, status?.StatusCode ?? StatusCode.Cancelled);
            if (isStalled) http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(GrpcProtocol.Http2Cancel);
        }

        await cancelling;
    }

    /// <summary>
    /// A status stands behind the messages. False when one of them waits for a window that the caller does not grant: such a caller must
    /// not keep the stream, nor a server that stops, for as long as it likes.
    /// </summary>
    private async Task<bool> IsRestTakenAsync()
    {
        try
        {
            if (_writerLeft is not null) await _writerLeft.Task.WaitAsync(StalledReader, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
