using System.Collections.Frozen;

namespace CredBroker.Core.Identity;

/// <summary>What a DPoP proof has to be about: the request that it came with, as the server knows it.</summary>
public readonly record struct DpopRequest
{
    /// <summary>Makes an empty request: the required members make it whole.</summary>
    public DpopRequest()
    {
    }

    /// <summary>
    /// The request that a proof came with, as somebody else received it: method, and absolute http or https URI without query and
    /// fragment. False when they are not that.
    /// </summary>
    public static bool TryFor(string method, string target, out DpopRequest request)
    {
        request = default;
        if (method.Length is 0 or > 32 || target.AsSpan().IndexOfAny('?', '#') >= 0) return false;
        if (!PublicOrigin.TrySplit(target, out var origin, out var path)) return false;
        request = new() { Method = method, Path = path.ToString(), Origins = FrozenSet.Create(origin) };
        return true;
    }

    /// <summary>The HTTP method; gRPC has only POST.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The path of the request, such as <c>/credbroker.v1.Tokens/Mint</c>; compared byte for byte.</summary>
    public required string Path { get; init; }

    /// <summary>The configured origins; the proof's <c>htu</c> must be under one of them.</summary>
    public required IReadOnlySet<PublicOrigin> Origins { get; init; }

    /// <summary>The hash of the token that was sent along; <see langword="null"/> when none was (Attest).</summary>
    public AccessTokenHash? Token { get; init; }

    /// <summary>
    /// The key that the token is bound to (<c>cnf.jkt</c>), or that is about to be bound. Give it whenever it is known: proofs by other
    /// keys then cost no import and no verification.
    /// </summary>
    public JwkThumbprint? Key { get; init; }

    /// <summary>When given, the proof must carry a current nonce of these.</summary>
    public DpopNonce? Nonces { get; init; }
}
