using System.Numerics;

namespace CredBroker.Cedar.Values;

/// <summary>
/// Finds the positions of an array's elements by their hashes: chained buckets over three arrays of numbers. Filled once, in order of
/// position, by the collection that owns it, and only read from then on.
/// </summary>
internal sealed class HashIndex
{
    private readonly int[] _buckets;
    private readonly int[] _hashes;
    private readonly int[] _next;
    private int _count;

    internal HashIndex(int capacity)
    {
        _buckets = capacity == 0 ? [-1] : new int[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_buckets, -1);
        (_hashes, _next) = (new int[capacity], new int[capacity]);
    }

    /// <summary>Position of the first candidate; -1 for none.</summary>
    internal int First(int hash) => _buckets[Mix(hash) & (_buckets.Length - 1)];

    /// <summary>Position of the next candidate after one; -1 for none.</summary>
    internal int Next(int position) => _next[position];

    internal int HashAt(int position) => _hashes[position];

    /// <summary>Gives the next position to an element of this hash.</summary>
    internal void Add(int hash)
    {
        ref var bucket = ref _buckets[Mix(hash) & (_buckets.Length - 1)];
        (_hashes[_count], _next[_count]) = (hash, bucket);
        bucket = _count++;
    }

    /// <summary>Spreads a hash over its bits, so that those of similar elements do not meet.</summary>
    internal static int Mix(int hash)
    {
        unchecked
        {
            var x = (uint)hash;
            x = (x ^ (x >> 16)) * 0x85ebca6b;
            x = (x ^ (x >> 13)) * 0xc2b2ae35;
            return (int)(x ^ (x >> 16));
        }
    }
}
