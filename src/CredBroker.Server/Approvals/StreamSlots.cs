using CredBroker.Core;
using CredBroker.Core.Identity;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Server.Approvals;

/// <summary>
/// How many streams may be open: each holds a place in memory for as long as its caller likes. When the broker stops, the gRPC layer ends
/// them all. Thread-safe.
/// </summary>
internal sealed class StreamSlots
{
    /// <summary>Of one caller. As many as a task may have open approvals, and a few to watch.</summary>
    public const int PerCaller = 32;

    /// <summary>Of this replica.</summary>
    public const int InAll = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Runs a stream within the bounds, or refuses it.</summary>
    public async Task<Reply<Empty>> RunAsync(Caller caller, Func<Task<Reply<Empty>>> stream)
    {
        if (!TryTake(caller.Name))
            return Reply.Refuse<Empty>(new(Reason.TooManyStreams, Detail: $"at most {PerCaller} open streams of one caller, and {InAll} in all"), TimeSpan.FromSeconds(5));
        try
        {
            return await stream();
        }
        finally
        {
            Leave(caller.Name);
        }
    }

    private bool TryTake(string caller)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(caller);
            if (taken >= PerCaller || _all >= InAll) return false;
            _taken[caller] = taken + 1;
            _all++;
            return true;
        }
    }

    private void Leave(string caller)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[caller] == 0) _taken.Remove(caller);
        }
    }
}
