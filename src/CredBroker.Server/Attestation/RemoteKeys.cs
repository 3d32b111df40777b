using CredBroker.Core.Identity;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Attestation;

/// <summary>
/// The key set of one trust domain that is fetched from an address. Callers that need a fetch share one; nobody who goes away stops it;
/// and nobody can make the broker fetch more often than <see cref="ShortestInterval"/>, whatever key ids he invents.
/// </summary>
internal sealed class RemoteKeys(Uri address, JwksFetcher fetcher, TimeProvider clock, ILogger log)
{
    /// <summary>Least time between two fetches.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two fetches while there is no set at all.</summary>
    public static readonly TimeSpan ShortestIntervalWithout = TimeSpan.FromSeconds(2);

    /// <summary>A set is fetched again when it is this old (the refresh hint that SPIFFE bundles use by default, 5 min).</summary>
    public static readonly TimeSpan RefreshAge = TimeSpan.FromMinutes(5);

    /// <summary>A set that could not be fetched again for this long vouches for nobody: a key that its issuer gave up must end here too.</summary>
    public static readonly TimeSpan LongestStale = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private Fetched? last;
    private long? attempted;
    private Task running = Task.CompletedTask;

    /// <summary>The set, fetched anew when that is due; null while there is none that may be used.</summary>
    public async ValueTask<JwkSet?> GetAsync(string? keyId, CancellationToken ct)
    {
        if (Start(keyId) is { } refresh)
            await refresh.WaitAsync(ct);
        return Current() is { } set && clock.GetElapsedTime(set.At) < LongestStale ? set.Keys : null;
    }

    private Task? Start(string? keyId)
    {
        lock (gate)
        {
            var suits = last is not null && clock.GetElapsedTime(last.At) < RefreshAge && (keyId is null || last.Keys.TryFind(keyId, out _));
            if (suits)
                return null;
            if (!running.IsCompleted)
                return running;
            var interval = last is null ? ShortestIntervalWithout : ShortestInterval;
            if (attempted is { } then && clock.GetElapsedTime(then) < interval)
                return null;
            attempted = clock.GetTimestamp();
            return running = RefreshAsync();
        }
    }

    private Fetched? Current()
    {
        lock (gate)
            return last;
    }

    private async Task RefreshAsync()
    {
        var (document, failure) = await fetcher.FetchAsync(address);
        if (document is null)
        {
            log.KeysNotFetched(address, failure ?? "");
            return;
        }

        if (!JwkSet.TryParse(document, out var keys, out var refusal))
        {
            log.KeysNotFetched(address, $"not a key set: {refusal}");
            return;
        }

        foreach (var skipped in keys.Skipped)
            log.KeySkipped(address, skipped.Index, skipped.Reason, skipped.Detail);
        lock (gate)
            last = new(keys, clock.GetTimestamp());
    }

    private sealed record Fetched(JwkSet Keys, long At);
}
