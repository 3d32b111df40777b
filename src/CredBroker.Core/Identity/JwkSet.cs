using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>
/// The keys of an issuer: a JWK Set (RFC 7517 section 5) or a SPIFFE bundle (SPIFFE Trust Domain and Bundle section 4). Each key is
/// imported when the set is read. Immutable, thread-safe.
/// </summary>
public sealed class JwkSet
{
    /// <summary>Most bytes of a set. SPIRE's bundles with a few authorities take some 10 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most keys of a set.</summary>
    public const int MaxKeys = 64;

    private readonly ImmutableDictionary<string, VerificationKey> _keys;

    private JwkSet(ImmutableDictionary<string, VerificationKey> keys, TrustAnchors anchors, ImmutableArray<SkippedKey> skipped)
    {
        _keys = keys;
        TrustAnchors = anchors;
        Skipped = skipped;
    }

    /// <summary>The <c>kid</c> of each key that verifies JWTs.</summary>
    public IEnumerable<string> KeyIds => _keys.Keys;

    /// <summary>The roots of a SPIFFE bundle (<c>use</c> is <c>x509-svid</c>); none in other sets.</summary>
    public TrustAnchors TrustAnchors { get; }

    /// <summary>The keys that are not used, and why: for the log, so that an empty set explains itself.</summary>
    public ImmutableArray<SkippedKey> Skipped { get; }

    /// <summary>
    /// Reads a set. Never throws. Keys that we do not accept are skipped: a set may hold keys for others (RFC 7517 section 5). For JWTs
    /// a key needs a <c>kid</c> that no other key has, and <c>use</c> absent, <c>sig</c> or <c>jwt-svid</c>.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JwkSet? set, [NotNullWhen(false)] out JwkSetRefusal? refusal)
    {
        set = null;
        refusal = Check(utf8, out var keys);
        if (refusal is not null) return false;
        var reader = new Reader();
        foreach (var key in keys.EnumerateArray()) reader.Add(key);
        set = reader.Finish();
        return true;
    }

    /// <summary>
    /// The key of that <c>kid</c>. There is no second choice: trying keys in turn would let a token pick the weakest.
    /// </summary>
    public bool TryFind(string? keyId, [NotNullWhen(true)] out VerificationKey? key)
    {
        key = null;
        return keyId is not null && _keys.TryGetValue(keyId, out key);
    }

    private static JwkSetRefusal? Check(ReadOnlySpan<byte> utf8, out JsonElement keys)
    {
        keys = default;
        if (utf8.Length > MaxBytes) return JwkSetRefusal.TooLarge;
        if (StrictJson.Parse(utf8, out var root) is not null) return JwkSetRefusal.MalformedJson;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("keys", out keys)) return JwkSetRefusal.NoKeys;
        if (keys.ValueKind != JsonValueKind.Array) return JwkSetRefusal.NoKeys;
        return keys.GetArrayLength() > MaxKeys ? JwkSetRefusal.TooManyKeys : null;
    }

    /// <summary>Sorts the keys of a set into those used, the roots and those skipped.</summary>
    private sealed class Reader
    {
        private readonly List<(int Index, string KeyId, VerificationKey Key)> _keys = [];
        private readonly ImmutableArray<X509Certificate2>.Builder _anchors = ImmutableArray.CreateBuilder<X509Certificate2>();
        private readonly List<SkippedKey> _skipped = [];
        private int _index = -1;

        public void Add(JsonElement element)
        {
            _index++;
            var claims = new JwtClaims(element);
            var keyId = claims.ReadString("kid", out var kid) == ClaimState.Present ? kid : null;
            if (claims.ReadString("use", out var use) == ClaimState.Present && use == "x509-svid") AddAnchor(claims, keyId);
            else if (!PublicJwk.TryParse(element, out var jwk, out var refusal)) Skip(keyId, SkipReason.NotAccepted, refusal);
            else if (keyId is null) Skip(keyId, SkipReason.NoKeyId);
            else if (!VerificationKey.TryImport(jwk, out var key)) Skip(keyId, SkipReason.NotAccepted, JwkRefusal.InvalidPoint);
            else _keys.Add((_index, keyId, key));
        }

        public JwkSet Finish()
        {
            var byId = _keys.ToLookup(key => key.KeyId, StringComparer.Ordinal);
            foreach (var same in byId.Where(same => same.Count() > 1))
            {
                _skipped.AddRange(same.Select(key => new SkippedKey(key.Index, key.KeyId, SkipReason.AmbiguousKeyId)));
            }
            return new(
                byId.Where(same => same.Count() == 1).ToImmutableDictionary(same => same.Key, same => same.First().Key, StringComparer.Ordinal),
                new(_anchors.ToImmutable()),
                [.. _skipped.OrderBy(skipped => skipped.Index)]);
        }

        // Only the first certificate counts (X509-SVID section 6.1).
        private void AddAnchor(JwtClaims claims, string? keyId)
        {
            if (claims.ReadStrings("x5c", out var chain) == ClaimState.Present
                && TryFromBase64(chain[0], out var der)
                && TrustAnchors.TryLoad(der, out var certificate))
            {
                _anchors.Add(certificate);
            }
            else
            {
                Skip(keyId, SkipReason.NoTrustAnchor);
            }
        }

        // Standard base64 (RFC 7517 section 4.7), without the white space that the framework would skip.
        private static bool TryFromBase64(string text, out byte[] bytes)
        {
            bytes = new byte[text.Length / 4 * 3];
            if (!Convert.TryFromBase64String(text, bytes, out var written)) return false;
            bytes = bytes[..written];
            return Convert.ToBase64String(bytes) == text;
        }

        private void Skip(string? keyId, SkipReason reason, JwkRefusal? detail = null) =>
            _skipped.Add(new(_index, keyId, reason, detail));
    }
}
