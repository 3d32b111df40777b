using System.Collections.Concurrent;

namespace CredBroker.Server;

/// <summary>
/// Remembers at least the last <paramref name="capacity"/> things that were added and at most twice as many, in two generations: when the
/// young one is full the old one is forgotten. No clock, no lock; thread-safe.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();
    private int _count;

    public bool TryGet(TKey key, out TValue? value) =>
        Volatile.Read(ref _young).TryGetValue(key, out value) || Volatile.Read(ref _old).TryGetValue(key, out value);

    /// <summary>Adds a thing, or replaces it.</summary>
    public void Add(TKey key, TValue value)
    {
        var young = Volatile.Read(ref _young);
        if (!young.TryAdd(key, value))
        {
            young[key] = value;
            return;
        }

        if (Interlocked.Increment(ref _count) < capacity) return;
        Volatile.Write(ref _old, Interlocked.Exchange(ref _young, new()));
        Volatile.Write(ref _count, 0);
    }

    public void Clear()
    {
        Volatile.Write(ref _old, new());
        Volatile.Write(ref _young, new());
        Volatile.Write(ref _count, 0);
    }
}
