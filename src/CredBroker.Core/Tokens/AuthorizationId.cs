using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>Names one use of a token: the same backend's same request for the same token is the same use, however often it is asked for.</summary>
/// <remarks>
/// UUID version 8: the 48 bits of time of the token's id, then SHA-256(token id || request id || the backend's SPIFFE ID). So the primary
/// key makes sure that a use is taken once, and it lies in the partition of its token's time. The default value names nothing.
/// </remarks>
public readonly record struct AuthorizationId
{
    private const int Size = 16;

    private AuthorizationId(Guid value) => Value = value;

    /// <summary>The UUID, as the database keeps it.</summary>
    public Guid Value { get; }

    /// <summary>The id of the use that one request of one backend takes of one token.</summary>
    /// <exception cref="ArgumentException">A default id.</exception>
    public static AuthorizationId Derive(Jti token, RequestId request, SpiffeId backend)
    {
        if (token.IsNone || request.IsNone || backend == default) throw new ArgumentException("A use needs a token, a request and a backend.");
        var name = Encoding.UTF8.GetBytes(backend.ToString());
        var all = new byte[(2 * Size) + name.Length];
        token.Value.TryWriteBytes(all, bigEndian: true, out _);
        request.Value.TryWriteBytes(all.AsSpan(Size), bigEndian: true, out _);
        name.CopyTo(all, 2 * Size);
        return new(DerivedUuid.Of(token.Value, all));
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
