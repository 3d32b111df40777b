using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Identity;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Keys;

/// <summary>
/// The public halves of every replica's signing keys, as the database has them: what our own tokens are verified with, and what
/// <c>/.well-known/jwks.json</c> shows (RFC 7517). A key that was revoked is not there any more.
/// </summary>
internal sealed class PublicKeys(IDbContextFactory<BrokerDb> databases, VerifiedTokens verified, TimeProvider clock) : IDisposable
{
    // A token with an unknown kid makes us look again, but a flood of invented ones no more often than this.
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _gate = new();
    private FrozenDictionary<string, VerificationKey> _keys = FrozenDictionary<string, VerificationKey>.Empty;
    private byte[] _document = """{"keys":[]}"""u8.ToArray();
    private long? _looked;
    private Task? _look;

    /// <summary>The JWK Set of all live keys (RFC 7517 section 5), UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Document => _document;

    /// <summary>True when the key is known and not revoked, as of the last refresh.</summary>
    public bool Knows(string keyId) => _keys.ContainsKey(keyId);

    /// <summary>
    /// The key of that id; null when there is none. One that is not known may have been published a moment ago: then all who ask wait
    /// for one look that begins after they asked.
    /// </summary>
    public async ValueTask<VerificationKey?> FindAsync(string keyId, CancellationToken ct)
    {
        if (_keys.TryGetValue(keyId, out var key)) return key;
        await NextLook().WaitAsync(ct);
        return _keys.GetValueOrDefault(keyId);
    }

    /// <summary>Whether a key is published at this moment: one exact read.</summary>
    public async Task<bool> IsPublishedAsync(string keyId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.SigningKeys.AnyAsync(key => key.Kid == keyId, ct);
    }

    /// <summary>Reads the keys again. Verified tokens are forgotten when one is gone.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var now = clock.GetUtcNow();
            lock (_gate) _looked = clock.GetTimestamp();
            var rows = await db.SigningKeys.AsNoTracking().Where(key => key.ExpiresAt > now)
                .OrderBy(key => key.NotBefore).ThenBy(key => key.Kid).Select(key => key.Jwk).ToListAsync(ct);
            Replace(rows);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
    }

    private Task NextLook()
    {
        lock (_gate) return _look ??= LookAsync();
    }

    private async Task LookAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (TooEarlyBy() is { Ticks: > 0 } early) await Task.Delay(early, clock, CancellationToken.None);
        // Whoever asks from here on may ask for a key that this look does not see.
        lock (_gate) _look = null;
        await RefreshAsync(CancellationToken.None);
    }

    private TimeSpan TooEarlyBy()
    {
        lock (_gate) return _looked is { } looked ? s_shortestInterval - clock.GetElapsedTime(looked) : TimeSpan.Zero;
    }

    private void Replace(List<string> rows)
    {
        var before = _keys;
        var after = new Dictionary<string, VerificationKey>(StringComparer.Ordinal);
        var document = new StringBuilder("""{"keys":[""");
        foreach (var text in rows)
        {
            if (!PublicJwk.TryParse(text, out var jwk, out _)) continue;
            var keyId = jwk.Thumbprint.ToString();
            if (!before.TryGetValue(keyId, out var key) && !VerificationKey.TryImport(jwk, out key)) continue;
            if (!after.TryAdd(keyId, key)) continue;
            if (after.Count > 1) document.Append(',');
            document.Append(Published(jwk, keyId));
        }

        _keys = after.ToFrozenDictionary(StringComparer.Ordinal);
        _document = Encoding.UTF8.GetBytes(document.Append("]}").ToString());
        if (before.Keys.Any(keyId => !after.ContainsKey(keyId))) verified.Clear();
    }

    private static string Published(PublicJwk jwk, string keyId)
    {
        using var members = JsonDocument.Parse(jwk.ToJson());
        var published = members.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString());
        published["kid"] = keyId;
        published["alg"] = "ES256";
        published["use"] = "sig";
        return JsonSerializer.Serialize(published);
    }
}
