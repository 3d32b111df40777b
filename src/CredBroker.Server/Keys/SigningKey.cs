using System.Security.Cryptography;
using CredBroker.Core.Identity;

namespace CredBroker.Server.Keys;

/// <summary>
/// One key pair of this replica, made in memory. The private half never leaves this object: it is not exported, stored or logged.
/// The kid is the RFC 7638 thumbprint, so a key cannot be published under another's name.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _private = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly JwsWriter _writer;

    private SigningKey(DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        NotBefore = notBefore;
        NotAfter = notAfter;
        PublicJwk = PublicJwk.From(_private);
        KeyId = PublicJwk.Thumbprint.ToString();
        _writer = new JwsWriter("at+jwt", KeyId);
    }

    public string KeyId { get; }

    public PublicJwk PublicJwk { get; }

    /// <summary>First use.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Last use for signing.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Nothing signed by it is alive any more: no token outlives its task, and no task a day.</summary>
    public DateTimeOffset ExpiresAt => NotAfter + TimeSpan.FromHours(25);

    public static SigningKey Create(DateTimeOffset notBefore, TimeSpan lifetime) => new(notBefore, notBefore + lifetime);

    /// <summary>Signs claims as a compact JWS of type at+jwt (RFC 9068).</summary>
    public string Sign<TState>(TState state, Action<System.Text.Json.Utf8JsonWriter, TState> writeClaims) =>
        _writer.Write(_private, state, writeClaims);

    public void Dispose() => _private.Dispose();
}
