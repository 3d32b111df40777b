using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// The deadline of a call. Whether it passed is told by the timer, not by the clock: a timer can fire before the clock
/// shows the time for which it was set.
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    // The longest due time that a timer takes is about 49 days; longer deadlines are waited for in pieces.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly TimeProvider _clock;
    private readonly Action _onPassed;
    private readonly DateTime? _deadline;
    private readonly ITimer? _timer;
    private volatile bool _isPassed;

    public CallDeadline(CallOptions options, TimeProvider clock, Action onPassed)
    {
        _clock = clock;
        _onPassed = onPassed;
        _deadline = Earlier(options.Deadline, options.PropagationToken is { Options.IsPropagateDeadline: true } parent ? parent.ParentDeadline : null);
        if (Left is not { } left) return;

        _isPassed = left <= TimeSpan.Zero;
        if (_isPassed) return;

        _timer = clock.CreateTimer(state => ((CallDeadline)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Next(left), Timeout.InfiniteTimeSpan);
    }

    public bool IsPassed => _isPassed;

    /// <summary>Time left by the clock; null without a deadline.</summary>
    public TimeSpan? Left => _deadline is { } deadline ? deadline - _clock.GetUtcNow().UtcDateTime : null;

    public void Dispose() => _timer?.Dispose();

    private void OnTimer()
    {
        if (Left is { } left && left > TimeSpan.FromSeconds(1))
        {
            _timer!.Change(Next(left), Timeout.InfiniteTimeSpan);
            return;
        }

        _isPassed = true;
        _onPassed();
    }

    private static TimeSpan Next(TimeSpan left) =>
        left < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestTimer;

    private static DateTime? Earlier(DateTime? own, DateTime? parent)
    {
        if (own is { Kind: not DateTimeKind.Utc } && own != DateTime.MaxValue && own != DateTime.MinValue)
            throw new InvalidOperationException("The deadline of a call must be in UTC.");

        var earlier = own is null || parent < own ? parent : own;
        return earlier == DateTime.MaxValue ? null : earlier;
    }
}
