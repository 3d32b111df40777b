using System.Diagnostics;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Attestation;

/// <summary>Where the keys of trust domains come from: files of the catalog, or addresses that it names. Safe to share between threads.</summary>
internal sealed class JwksSource(JwksFetcher fetcher, TimeProvider clock, ILogger<JwksSource> log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(TrustDomain Domain, Uri Address), RemoteKeys> remote = [];

    /// <summary>The keys of a trust domain; null while they cannot be had.</summary>
    /// <param name="snapshot">The catalog that decides.</param>
    /// <param name="domain">Of that catalog.</param>
    /// <param name="trust">Of that domain.</param>
    /// <param name="keyId">The key that is looked for: one that is not there may be new.</param>
    /// <param name="ct">Ends the wait, not the fetch.</param>
    public ValueTask<JwkSet?> KeysAsync(CatalogSnapshot snapshot, TrustDomain domain, JwtTrust trust, string? keyId, CancellationToken ct) =>
        trust.Keys switch
        {
            KeySource.File file => ValueTask.FromResult(TrustMaterial.Of(snapshot).KeysIn(file.Name)),
            KeySource.Url url => RemoteOf(snapshot, domain, url.Address).GetAsync(keyId, ct),
            _ => throw new UnreachableException(),
        };

    private RemoteKeys RemoteOf(CatalogSnapshot snapshot, TrustDomain domain, Uri address)
    {
        lock (gate)
        {
            if (remote.TryGetValue((domain, address), out var keys))
                return keys;
            // A new address means a new catalog: what it no longer names is let go, so that what is kept is bounded by the catalog.
            foreach (var gone in remote.Keys.Where(key => !Names(snapshot.Catalog, key.Domain, key.Address)).ToList())
                remote.Remove(gone);
            return remote[(domain, address)] = new(address, fetcher, clock, log);
        }
    }

    private static bool Names(BrokerCatalog catalog, TrustDomain domain, Uri address) =>
        catalog.TrustDomains.TryGetValue(domain, out var trusted) && trusted.Jwt?.Keys is KeySource.Url url && url.Address == address;
}
