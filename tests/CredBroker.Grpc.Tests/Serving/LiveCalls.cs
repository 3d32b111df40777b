using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Grpc.Tests.Serving;

/// <summary>Counts handlers that have not returned, so that a test can tell what a client left running.</summary>
public sealed class LiveCalls
{
    private readonly ConcurrentDictionary<Guest, byte> _guests = new();
    private int _count;
    private int _most;
    private long _all;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The largest count ever.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Handlers that ever ran.</summary>
    public long All => Interlocked.Read(ref _all);

    /// <summary>Calls whose header "label" says this, and the number of their connections.</summary>
    public (int Calls, int Connections) Labelled(string label)
    {
        var found = _guests.Keys.Where(guest => guest.Label == label).ToList();
        return (found.Count, found.Select(guest => guest.Connection).Distinct().Count());
    }

    /// <summary>To be disposed of when the handler returns.</summary>
    public IDisposable Enter(HttpContext http)
    {
        var guest = new Guest(this, http.Request.Headers["label"].ToString(), http.Connection.Id);
        _guests.TryAdd(guest, 0);
        Interlocked.Increment(ref _all);
        var count = Interlocked.Increment(ref _count);
        var most = Most;
        while (count > most)
        {
            var seen = Interlocked.CompareExchange(ref _most, count, most);
            if (seen == most) break;
            most = seen;
        }

        return guest;
    }

    private void Leave(Guest guest)
    {
        _guests.TryRemove(guest, out _);
        Interlocked.Decrement(ref _count);
    }

    private sealed class Guest(LiveCalls calls, string label, string connection) : IDisposable
    {
        public string Label => label;

        public string Connection => connection;

        public void Dispose() => calls.Leave(this);
    }
}
