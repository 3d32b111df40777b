using CredBroker.Core.Audit;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Keys;

/// <summary>
/// The keys that this replica signs with: one in use, and in good time the next, published before it signs anything so that whoever
/// caches the JWK Set knows it by then. Private halves live in these objects and nowhere else.
/// </summary>
internal sealed class SigningKeys(IDbContextFactory<BrokerDb> databases, Replica replica, BrokerOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile SigningKey? _current;
    private SigningKey? _next;

    // Readers of /.well-known/jwks.json may cache it for a minute; ten of those are theirs to be late.
    private TimeSpan PublishAhead => TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(10).Ticks, options.SigningKeyLifetime.Ticks / 4));

    /// <summary>The key to sign with now.</summary>
    /// <exception cref="InvalidOperationException">Called before the first <see cref="MaintainAsync"/>.</exception>
    public SigningKey Current => _current ?? throw new InvalidOperationException("No signing key has been published yet.");

    /// <summary>
    /// Makes, publishes and takes over keys as their time comes, and gives up those that were revoked. Safe to call often.
    /// </summary>
    public async Task MaintainAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            var published = await PublishedAsync(ct);
            if (_next is { } coming && !published.Contains(coming.KeyId)) _next = null;
            if (_current is null || !published.Contains(_current.KeyId))
                _current = await PublishAsync(SigningKey.Create(now, options.SigningKeyLifetime), ct);
            if (_next is null && now >= _current.NotAfter - PublishAhead)
                _next = await PublishAsync(SigningKey.Create(now + PublishAhead, options.SigningKeyLifetime), ct);
            if (_next is { } next && now >= next.NotBefore)
            {
                // The old key is not disposed here: a signature may be under way. It goes when nobody holds it any more.
                _current = next;
                _next = null;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    // Those of our keys that nobody has taken away, which is how a key is revoked.
    private async Task<List<string>> PublishedAsync(CancellationToken ct)
    {
        var ours = new[] { _current?.KeyId, _next?.KeyId }.OfType<string>().ToArray();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.SigningKeys.AsNoTracking().Where(key => ours.Contains(key.Kid)).Select(key => key.Kid).ToListAsync(ct);
    }

    private async Task<SigningKey> PublishAsync(SigningKey key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var entry = AuditPayloads.KeyPublished(now, key.KeyId, replica.Id, key.NotBefore, key.NotAfter);
        await using var db = await databases.CreateDbContextAsync(ct);
        db.SigningKeys.Add(new SigningKeyRow
        {
            Kid = key.KeyId, ReplicaId = replica.Id, Jwk = key.PublicJwk.ToJson(),
            NotBefore = key.NotBefore, NotAfter = key.NotAfter, ExpiresAt = key.ExpiresAt,
        });
        db.AuditEntries.Add(AuditEntryRow.Of(entry));
        await db.SaveChangesAsync(ct);
        return key;
    }

    public void Dispose()
    {
        _one.Dispose();
        _current?.Dispose();
        _next?.Dispose();
    }
}
