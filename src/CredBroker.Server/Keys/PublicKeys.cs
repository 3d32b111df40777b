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
    private FrozenDictionary<string, VerificationKey> _keys = FrozenDictionary<string, VerificationKey>.Empty;
    private byte[] _document = """{"keys":[]}"""u8.ToArray();
    private DateTimeOffset _refreshed = DateTimeOffset.MinValue;

    /// <summary>The JWK Set of all live keys (RFC 7517 section 5), UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Document => _document;

    /// <summary>True when the key is known and not revoked, as of the last refresh.</summary>
    public bool Knows(string keyId) => _keys.ContainsKey(keyId);

    /// <summary>The key of that id, after a refresh if it is not known; null when there is none.</summary>
    public async ValueTask<VerificationKey?> FindAsync(string keyId, CancellationToken ct)
    {
        if (_keys.TryGetValue(keyId, out var key)) return key;
        if (clock.GetUtcNow() - _refreshed < s_shortestInterval) return null;
        await RefreshAsync(ct);
        return _keys.GetValueOrDefault(keyId);
    }

    /// <summary>Reads the keys again. Verified tokens are forgotten when one is gone.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var now = clock.GetUtcNow();
            var rows = await db.SigningKeys.AsNoTracking().Where(key => key.ExpiresAt > now)
                .OrderBy(key => key.NotBefore).ThenBy(key => key.Kid).Select(key => key.Jwk).ToListAsync(ct);
            Replace(rows);
            _refreshed = now;
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
