using System.Buffers.Text;
using System.Security.Cryptography;
using CredBroker.Core.Identity;
using Grpc.Core;

namespace CredBroker.Client;

/// <summary>
/// Writes what a call carries to prove its caller: <c>authorization: DPoP …</c>, and a <c>dpop</c> proof unless the connection itself
/// vouches for the caller. Remembers the broker's last nonce (RFC 9449 section 8.2). Thread-safe.
/// </summary>
internal sealed class CallProof(Uri origin, EphemeralKey? key, TimeProvider clock)
{
    private const string NonceTrailer = "dpop-nonce";

    private readonly string _origin = origin.GetLeftPart(UriPartial.Authority);
    private string? _nonce;

    /// <summary>Headers for one try of a call: a proof is good for one try only.</summary>
    public Metadata HeadersOf(IMethod method, string identityToken, Metadata? others)
    {
        var headers = new Metadata();
        foreach (var other in others ?? []) headers.Add(other);
        headers.Add("authorization", $"DPoP {identityToken}");
        // Over gRPC every method is a POST to its full name.
        if (key is not null)
            headers.Add("dpop", Of(key, "POST", _origin + method.FullName, clock.GetUtcNow(), identityToken, Volatile.Read(ref _nonce)));
        return headers;
    }

    /// <summary>One proof (RFC 9449 section 4.2), with an identifier of 128 random bits.</summary>
    public static string Of(EphemeralKey key, string method, string target, DateTimeOffset now, string token, string? nonce)
    {
        var jti = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        return DpopProof.Create(key, method, target, now, jti, AccessTokenHash.Of(token), nonce);
    }

    /// <summary>Takes the nonce that came with an answer, if one did. True when there was one.</summary>
    public bool Learn(Metadata trailers)
    {
        if (trailers.GetValue(NonceTrailer) is not { Length: > 0 } nonce) return false;
        Volatile.Write(ref _nonce, nonce);
        return true;
    }
}
