namespace CredBroker.Client;

/// <summary>What a workload presents to be attested. Closed: one case for each kind of evidence in attestation.proto.</summary>
public abstract record Evidence
{
    // No JWT may be longer than the contract allows: a wrong file name must not send a gigabyte.
    internal const int MaxJwtBytes = 8192;

    private Evidence()
    {
    }

    /// <summary>True when the same evidence can be presented again, so that the identity token can be renewed.</summary>
    public virtual bool CanBeRepeated => true;

    /// <summary>The kernel's word about this process: only over a Unix socket.</summary>
    public sealed record UnixPeer : Evidence;

    /// <summary>A JWT-SVID or OIDC token, as text. It can be repeated until it expires.</summary>
    public sealed record Jwt(string Token) : Evidence
    {
        /// <summary>No token.</summary>
        public override string ToString() => "Jwt { … }";
    }

    /// <summary>A file that holds a JWT-SVID or OIDC token, read anew for each attestation: such files are rotated by others.</summary>
    public sealed record JwtFile(string Path) : Evidence;

    /// <summary>The X.509-SVID that the connection presents as its client certificate.</summary>
    public sealed record X509Peer : Evidence;

    /// <summary>A one-time secret made by an administrator: 43 characters of base64url. It attests once.</summary>
    public sealed record JoinToken(string Secret) : Evidence
    {
        /// <inheritdoc/>
        public override bool CanBeRepeated => false;

        /// <summary>No secret.</summary>
        public override string ToString() => "JoinToken { … }";
    }
}
