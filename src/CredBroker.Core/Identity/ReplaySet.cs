using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Identity;

/// <summary>What a <see cref="ReplaySet"/> says of a proof.</summary>
public enum ReplayOutcome
{
    /// <summary>Not seen before, and remembered now: exactly one caller gets this answer for one proof.</summary>
    Fresh = 1,

    /// <summary>Seen before.</summary>
    Replayed,

    /// <summary>Issued outside the window that is remembered, or our clock stepped back: refuse.</summary>
    OutsideWindow,

    /// <summary>More proofs in one second than there is room for: refuse, for what cannot be remembered cannot be told from a replay.</summary>
    Full,
}

/// <summary>
/// Remembers the DPoP proofs of the last minute, so that each is accepted once by this process (RFC 9449 section 11.1). Bounded memory,
/// no lock and no allocation per proof; thread-safe.
/// </summary>
/// <remarks>
/// One open-addressing table per second of <c>iat</c>. A slot holds the first 8 bytes of SHA-256(secret, thumbprint, jti) and is claimed
/// by one compare-and-swap. Two different proofs that share 8 bytes (one in 2^58 at a million a second, and the secret keeps anybody
/// from looking for them) cost the second a refusal: the set errs only towards refusing.
/// </remarks>
public sealed class ReplaySet
{
    private const int MaxProbes = 64;

    // A table is used again only when its former second has been out of the window for this long.
    private const int SpareSeconds = 2;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly TimeSpan _maxAge;
    private readonly TimeSpan _futureSkew;
    private readonly Second[] _seconds;

    /// <summary>Makes an empty set for the window of <see cref="DpopProof"/>.</summary>
    /// <param name="proofsPerSecond">Most proofs issued in one second, 1 to 16 million. Memory: 1.1 to 2.2 kB for each.</param>
    public ReplaySet(int proofsPerSecond)
        : this(proofsPerSecond, DpopProof.MaxAge, DpopProof.FutureSkew)
    {
    }

    /// <summary>Makes an empty set for another window, in whole seconds.</summary>
    internal ReplaySet(int proofsPerSecond, TimeSpan maxAge, TimeSpan futureSkew)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(proofsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proofsPerSecond, 1 << 24);
        (_maxAge, _futureSkew) = (maxAge, futureSkew);
        // Half full at most: with 64 probes and random ids a table of any size takes its share.
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * proofsPerSecond, 2 * MaxProbes));
        _seconds = new Second[(int)(maxAge + futureSkew).TotalSeconds + 1 + SpareSeconds];
        for (var i = 0; i < _seconds.Length; i++) _seconds[i] = new(slots);
    }

    /// <summary>Remembers a proof that was verified, or says that it was there already.</summary>
    public ReplayOutcome Add(DpopOutcome.Verified proof, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return Add(proof.Key, proof.Jti, proof.IssuedAt, now);
    }

    /// <summary>Remembers a proof by its key, its <c>jti</c> of at most 128 characters and its <c>iat</c>.</summary>
    public ReplayOutcome Add(JwkThumbprint key, string jti, DateTimeOffset issuedAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(jti);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jti.Length, DpopProof.MaxJtiLength);
        if (issuedAt < now - _maxAge || issuedAt > now + _futureSkew) return ReplayOutcome.OutsideWindow;
        var second = issuedAt.ToUnixTimeSeconds();
        if (second < 0) return ReplayOutcome.OutsideWindow;
        return _seconds[second % _seconds.Length].Add(Id(key, jti), second);
    }

    private ulong Id(JwkThumbprint key, string jti)
    {
        Span<byte> text = stackalloc byte[32 + 32 + (3 * DpopProof.MaxJtiLength)];
        _secret.CopyTo(text);
        key.CopyTo(text[32..]);
        var length = 64 + Encoding.UTF8.GetBytes(jti, text[64..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], digest);
        // 0 marks a free slot.
        return Math.Max(1, MemoryMarshal.Read<ulong>(digest));
    }

    /// <summary>The proofs issued in one second.</summary>
    private sealed class Second(int size)
    {
        private const long Clearing = long.MaxValue;

        private readonly Lock _turning = new();
        private ulong[] _slots = [];
        private long _second = -1;

        public ReplayOutcome Add(ulong id, long second)
        {
            if (Volatile.Read(ref _second) != second && !TurnTo(second)) return ReplayOutcome.OutsideWindow;
            var slots = _slots;
            var start = (int)(id >> 34);   // 30 bits: beyond any table, and room to add the probes
            for (var probe = 0; probe < MaxProbes; probe++)
            {
                ref var slot = ref slots[(start + probe) & (slots.Length - 1)];
                var found = Volatile.Read(ref slot);
                if (found == 0) found = Interlocked.CompareExchange(ref slot, id, 0);
                if (found == 0) return ReplayOutcome.Fresh;
                if (found == id) return ReplayOutcome.Replayed;
            }
            return ReplayOutcome.Full;
        }

        /// <summary>Empties the table for a later second. An earlier one is refused: its proofs are forgotten already.</summary>
        private bool TurnTo(long second)
        {
            lock (_turning)
            {
                if (_second >= second) return _second == second;
                // Announced before and published after: a thread that still means the former second must not see half a table.
                Volatile.Write(ref _second, Clearing);
                if (_slots.Length == 0) _slots = new ulong[size];
                else Array.Clear(_slots);
                Volatile.Write(ref _second, second);
                return true;
            }
        }
    }
}
