using System.Numerics;
using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>The rules of <see cref="PublicJwk.TryParse(JsonElement, out PublicJwk?, out JwkRefusal?)"/>.</summary>
internal static class JwkReader
{
    private const int MinRsaBits = 2048;   // NIST SP 800-131A
    private const int MaxRsaBits = 4096;   // beyond, verification is slow enough to be an attack

    // RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static JwkRefusal? Read(JsonElement element, out PublicJwk? jwk)
    {
        jwk = null;
        if (element.ValueKind != JsonValueKind.Object) return JwkRefusal.Malformed;
        if (Array.Exists(PrivateMembers, name => element.TryGetProperty(name, out _))) return JwkRefusal.PrivateKeyMaterial;

        var claims = new JwtClaims(element);
        if (claims.ReadString("kty", out var kty) == ClaimState.Malformed) return JwkRefusal.Malformed;
        if (IsForSignatures(claims) is { } use) return use;
        var declares = claims.ReadString("alg", out var alg);
        if (declares == ClaimState.Malformed) return JwkRefusal.Malformed;
        var declared = JwsAlgorithmNames.Parse(alg);
        if (declares == ClaimState.Present && declared is null) return JwkRefusal.AlgorithmMismatch;

        var refusal = kty switch
        {
            "EC" => ReadEc(claims, declared, out jwk),
            "RSA" => ReadRsa(claims, declared, out jwk),
            _ => JwkRefusal.KeyTypeNotAllowed,
        };
        if (refusal is not null) return refusal;
        if (declared is null || (jwk is not null && jwk.Allows(declared.Value))) return null;
        jwk = null;
        return JwkRefusal.AlgorithmMismatch;
    }

    private static JwkRefusal? IsForSignatures(JwtClaims claims)
    {
        switch (claims.ReadString("use", out var use))
        {
            case ClaimState.Malformed: return JwkRefusal.Malformed;
            case ClaimState.Present when use is not ("sig" or "jwt-svid"): return JwkRefusal.NotForSignatures;
        }
        return claims.ReadStrings("key_ops", out var operations) switch
        {
            ClaimState.Absent => null,
            ClaimState.Present when claims.Root.GetProperty("key_ops").ValueKind == JsonValueKind.Array =>
                operations.Contains("verify") ? null : JwkRefusal.NotForSignatures,
            _ => JwkRefusal.Malformed,
        };
    }

    private static JwkRefusal? ReadEc(JwtClaims claims, JwsAlgorithm? declared, out PublicJwk? jwk)
    {
        jwk = null;
        _ = claims.ReadString("crv", out var crv);
        var (kind, size) = crv switch { "P-256" => (JwkKind.P256, 32), "P-384" => (JwkKind.P384, 48), _ => default };
        if (size == 0) return JwkRefusal.CurveNotAllowed;
        if (!TryReadBytes(claims, "x", out var x) || !TryReadBytes(claims, "y", out var y)) return JwkRefusal.NonCanonical;
        if (x.Length != size || y.Length != size) return JwkRefusal.NonCanonical;
        jwk = new(kind, x, y, declared);
        return null;
    }

    private static JwkRefusal? ReadRsa(JwtClaims claims, JwsAlgorithm? declared, out PublicJwk? jwk)
    {
        jwk = null;
        if (!TryReadBytes(claims, "n", out var n) || !TryReadBytes(claims, "e", out var e)) return JwkRefusal.NonCanonical;
        // Base64urlUInt: no leading zero octet, or one key would have two thumbprints.
        if (n[0] == 0 || e[0] == 0) return JwkRefusal.NonCanonical;
        var bits = (n.Length * 8) - BitOperations.LeadingZeroCount((uint)n[0] << 24);
        if (bits is < MinRsaBits or > MaxRsaBits || (n[^1] & 1) == 0) return JwkRefusal.WeakOrOversizeRsa;
        if (e.Length > 4 || (e[^1] & 1) == 0 || e is [1]) return JwkRefusal.WeakOrOversizeRsa;
        jwk = new(JwkKind.Rsa, n, e, declared);
        return null;
    }

    private static bool TryReadBytes(JwtClaims claims, string name, out byte[] bytes)
    {
        bytes = claims.ReadString(name, out var text) == ClaimState.Present ? Base64UrlText.Decode(text) ?? [] : [];
        return bytes.Length > 0;
    }
}
