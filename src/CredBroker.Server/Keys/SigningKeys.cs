using CredBroker.Core.Audit;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Keys;

/// <summary>
/// The keys that this replica signs with: one in use, and in good time the next, published before it signs anything so that whoever
/// caches the JWK Set knows it by then. Private halves live in these objects and nowhere else.
/// </summary>
internal sealed class SigningKeys(
    IDbContextFactory<BrokerDb> databases, PublicKeys published, Replica replica, BrokerOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>How often <see cref="MaintainAsync"/> is to be called: the next key is made that much earlier than it has to be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Keys? _keys;

    // Readers of /.well-known/jwks.json may cache it for a minute; ten of those are theirs to be late.
    private TimeSpan PublishAhead => TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(10).Ticks, options.SigningKeyLifetime.Ticks / 4));

    /// <summary>The key to sign with now.</summary>
    /// <exception cref="InvalidOperationException">Called before the first <see cref="MaintainAsync"/>.</exception>
    public SigningKey Current => _keys switch
    {
        { Next: { } next } when clock.GetUtcNow() >= next.NotBefore => next,
        { Current: var current } => current,
        null => throw new InvalidOperationException("No signing key has been published yet."),
    };

    /// <summary>The key to sign with now, which was not revoked as far as this replica knows.</summary>
    public async ValueTask<SigningKey> UsableAsync(CancellationToken ct)
    {
        var key = Current;
        if (published.Knows(key.KeyId)) return key;
        await GiveUpAsync(key, ct);
        return Current;
    }

    /// <summary>
    /// Reads what is published, gives up keys of ours that are not any more because they were revoked, and makes and publishes keys as
    /// their time comes.
    /// </summary>
    public async Task MaintainAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await published.RefreshAsync(ct);
            await RenewAsync(ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stops signing with a key that was found to be revoked, unless that was seen to before.</summary>
    public async Task GiveUpAsync(SigningKey revoked, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (Current != revoked) return;
            await published.RefreshAsync(ct);
            await RenewAsync(ct);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _keys?.Current.Dispose();
        _keys?.Next?.Dispose();
    }

    // A key that is replaced is not disposed here: a signature may be under way. It goes when nobody holds it any more.
    private async Task RenewAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (current, next) = UsableAt(now, _keys?.Current, _keys?.Next);

        var before = _keys;
        // Nothing to go on with: what is made now has to be used before everybody can know it.
        current ??= await PublishAsync(now, ct);
        _keys = new(current, next);
        if (next is null && now >= current.NotAfter - PublishAhead - Interval)
        {
            var earliest = now + PublishAhead;
            _keys = new(current, await PublishAsync(earliest > current.NotAfter ? earliest : current.NotAfter, ct));
        }

        if (_keys != before) await published.RefreshAsync(ct);
    }

    // A key past its last use is good only to bridge the moments until the next one's first.
    private (SigningKey? Current, SigningKey? Next) UsableAt(DateTimeOffset now, SigningKey? current, SigningKey? next)
    {
        if (current is not null && !published.Knows(current.KeyId)) current = null;
        if (next is not null && (now >= next.NotAfter || !published.Knows(next.KeyId))) next = null;
        if (next is not null) return now >= next.NotBefore ? (next, null) : (current, next);
        return now < current?.NotAfter ? (current, null) : (null, null);
    }

    private async Task<SigningKey> PublishAsync(DateTimeOffset notBefore, CancellationToken ct)
    {
        var key = SigningKey.Create(notBefore, options.SigningKeyLifetime);
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

    private sealed record Keys(SigningKey Current, SigningKey? Next);
}
