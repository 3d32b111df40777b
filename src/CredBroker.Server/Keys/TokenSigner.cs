using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Keys;

/// <summary>
/// Signs what the rules approved, and takes nothing else: an <see cref="ApprovedGrant"/> or an <see cref="ApprovedIdentity"/> can be made
/// only where the decision is made.
/// </summary>
internal sealed class TokenSigner(SigningKeys keys, BrokerOptions options)
{
    /// <summary>The key to sign with next. The kid is recorded with a grant.</summary>
    public ValueTask<SigningKey> KeyAsync(CancellationToken ct) => keys.UsableAsync(ct);

    /// <summary>Signs with a key no more that was found to be revoked.</summary>
    public Task GiveUpAsync(SigningKey revoked, CancellationToken ct) => keys.GiveUpAsync(revoked, ct);

    /// <summary>The access token of a grant. Hand it out only after the grant is committed.</summary>
    public string Sign(ApprovedGrant grant, SigningKey key) => key.Sign((grant, options.Issuer), TokenClaims.Write);

    /// <summary>The identity token of an attested workload.</summary>
    public static string Sign(ApprovedIdentity identity, SigningKey key) => key.Sign(identity, ApprovedIdentity.WriteClaims);
}
