using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Keys;

/// <summary>
/// Signs what the rules approved, and takes nothing else: an <see cref="ApprovedGrant"/> or an <see cref="ApprovedIdentity"/> can be made
/// only where the decision is made.
/// </summary>
internal sealed class TokenSigner(SigningKeys keys, BrokerOptions options)
{
    /// <summary>The key to sign the next grant with: its kid is recorded with the grant.</summary>
    public SigningKey Key => keys.Current;

    /// <summary>The access token of a grant. Hand it out only after the grant is committed.</summary>
    public string Sign(ApprovedGrant grant, SigningKey key) => key.Sign((grant, options.Issuer), TokenClaims.Write);

    /// <summary>The identity token of an attested workload.</summary>
    public string Sign(ApprovedIdentity identity) => keys.Current.Sign(identity, ApprovedIdentity.WriteClaims);
}
