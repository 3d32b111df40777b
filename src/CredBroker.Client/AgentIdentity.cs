namespace CredBroker.Client;

/// <summary>What an attestation gave: who the broker believes this workload to be, until when. Its text shows no token.</summary>
/// <param name="IdentityToken">The identity token: a secret only in part, since it is bound to a key, but never to be logged.</param>
/// <param name="SpiffeId">The SPIFFE ID of the workload.</param>
/// <param name="Workload">The catalog's name for it.</param>
/// <param name="Binding">What the token is bound to: <c>jkt:…</c> (RFC 9449) or <c>x5t#S256:…</c> (RFC 8705).</param>
/// <param name="ExpiresAt">When the token expires, in UTC.</param>
public sealed record AgentIdentity(string IdentityToken, string SpiffeId, string Workload, string Binding, DateTimeOffset ExpiresAt)
{
    /// <summary>What matched, in words like <c>unix:uid:1000</c>; empty when the identity was resumed.</summary>
    public IReadOnlyList<string> Selectors { get; init; } = [];

    /// <summary>The SPIFFE ID and the expiry.</summary>
    public override string ToString() => $"{SpiffeId} until {ExpiresAt:u}";
}
