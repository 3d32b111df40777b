using System.Security.Cryptography;

namespace CredBroker.Core.Identity;

/// <summary>
/// A P-256 key pair that lives in this process only: what an agent proves possession of with DPoP. Thread-safe. The private half has
/// no way out, and <see cref="ToString"/> shows the thumbprint.
/// </summary>
public sealed class EphemeralKey : IDisposable
{
    private readonly JwsWriter _proofs;

    private EphemeralKey(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.KeySize, 256);
        PrivateKey = key;
        Public = PublicJwk.From(key);
        _proofs = new("dpop+jwt", Public);
    }

    /// <summary>The public half.</summary>
    public PublicJwk Public { get; }

    /// <summary>The private half, for signing within Core.</summary>
    internal ECDsa PrivateKey { get; }

    /// <summary>Writer of proofs, with this key's header encoded once.</summary>
    internal JwsWriter Proofs => _proofs;

    /// <summary>Makes a new key pair.</summary>
    public static EphemeralKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Wraps a P-256 private key and takes it over: it is disposed with this object.</summary>
    public static EphemeralKey Own(ECDsa key) => new(key);

    /// <inheritdoc />
    public void Dispose() => PrivateKey.Dispose();

    /// <summary>The thumbprint of the public half.</summary>
    public override string ToString() => Public.ToString();
}
