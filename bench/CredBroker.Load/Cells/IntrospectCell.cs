using CredBroker.V1;

namespace CredBroker.Load.Cells;

/// <summary>Introspections by a backend that the kernel vouches for, so that it needs no identity token.</summary>
internal static class IntrospectCell
{
    private const int FewTokens = 1_000;
    // Its warm-up was the row before: tokens are scarce.
    private static readonly WarmUp s_short = new(TimeSpan.FromSeconds(0.5), Calls: 0);

    /// <summary>A few tokens again and again: the replica remembers them after the warm-up, and reads what was revoked since, every time.</summary>
    public static Task<Measurement> SeenBeforeAsync(string address, TokenPile pile, CpuMeter meter)
    {
        var few = pile.All.AsSpan(0, Math.Min(FewTokens, pile.All.Length)).ToArray();
        var next = -1;
        return RunAsync(address, () => few[(int)((uint)Interlocked.Increment(ref next) % (uint)few.Length)], WarmUp.Usual, meter);
    }

    /// <summary>Every other token once. Ends early when there are no more; the replica must not have minted them itself.</summary>
    public static Task<Measurement> EachOnceAsync(string address, TokenPile pile, CpuMeter meter)
    {
        var all = pile.All;
        var next = Math.Min(FewTokens, all.Length) - 1;
        return RunAsync(address, () => Interlocked.Increment(ref next) is var i && i < all.Length ? all[i] : null, s_short, meter);
    }

    private static async Task<Measurement> RunAsync(string address, Func<string?> nextToken, WarmUp warmUp, CpuMeter meter)
    {
        using var channels = new Channels(address);
        var clients = channels.Clients(invoker => new V1.Tokens.TokensClient(invoker));
        var requests = Enumerable.Range(0, ClosedLoop.Callers).Select(_ => new IntrospectRequest()).ToArray();
        return await ClosedLoop.RunAsync(async number =>
        {
            if (nextToken() is not { } token) return false;
            requests[number].Token = token;
            var answer = await clients[number % clients.Length].IntrospectAsync(requests[number]);
            return answer.Active ? true : throw new InvalidOperationException("a live token is said not to be active");
        }, warmUp, meter);
    }
}
