using System.Collections.Immutable;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog;

/// <summary>
/// A trust domain whose workloads the catalog names, and how the evidence that it vouches for is verified. With neither way it vouches
/// for nothing: its workloads are attested by the kernel, or by join tokens.
/// </summary>
/// <param name="Name">The trust domain.</param>
/// <param name="Jwt">How its JWTs are verified; null: it vouches with none.</param>
/// <param name="X509">How its X.509-SVIDs are verified; null: it vouches with none.</param>
public sealed record TrustedDomain(TrustDomain Name, JwtTrust? Jwt, X509Trust? X509);

/// <summary>What kind of JWT a trust domain issues.</summary>
public enum JwtProfile
{
    /// <summary>JWT-SVID: <c>sub</c> is a SPIFFE ID of the trust domain.</summary>
    JwtSvid = 1,

    /// <summary>Any OIDC token: <c>iss</c> names the trust domain.</summary>
    Oidc = 2,
}

/// <summary>How a trust domain's JWTs are verified.</summary>
/// <param name="Profile">What kind of JWT.</param>
/// <param name="Issuer">Exactly this <c>iss</c>; null only for JWT-SVIDs, which need none.</param>
/// <param name="Audiences">The token's <c>aud</c> must hold one of these; at least one.</param>
/// <param name="Keys">Where the public keys are.</param>
public sealed record JwtTrust(JwtProfile Profile, string? Issuer, ImmutableArray<string> Audiences, KeySource Keys)
{
    /// <summary>Equal when every part is.</summary>
    public bool Equals(JwtTrust? other) =>
        other is not null && Profile == other.Profile && Issuer == other.Issuer && Keys == other.Keys
        && Audiences.AsSpan().SequenceEqual(other.Audiences.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Profile, Issuer, Audiences.Length, Keys);
}

/// <summary>Where a trust domain's public keys are. Closed: <see cref="File"/>, <see cref="Url"/>.</summary>
public abstract record KeySource
{
    private KeySource()
    {
    }

    /// <summary>A JWK Set (RFC 7517) or SPIFFE bundle among the catalog's files.</summary>
    /// <param name="Name">The file's name.</param>
    /// <param name="Keys">What it holds; at least one key that verifies JWTs.</param>
    public sealed record File(string Name, JwkSet Keys) : KeySource;

    /// <summary>A JWK Set to be fetched: https, or http on loopback.</summary>
    /// <param name="Address">Absolute address.</param>
    public sealed record Url(Uri Address) : KeySource;
}

/// <summary>How a trust domain's X.509-SVIDs are verified.</summary>
/// <param name="BundleFile">The file, among the catalog's, with its certificates: PEM, or a SPIFFE bundle.</param>
/// <param name="Anchors">What it holds; at least one root.</param>
public sealed record X509Trust(string BundleFile, TrustAnchors Anchors);
