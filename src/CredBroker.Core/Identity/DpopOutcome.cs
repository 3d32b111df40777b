namespace CredBroker.Core.Identity;

/// <summary>What <see cref="DpopProof.Verify"/> found.</summary>
public abstract record DpopOutcome
{
    private DpopOutcome()
    {
    }

    /// <summary>
    /// The caller holds the private key of <paramref name="Key"/>. The proof may still be a replay: add it to a <see cref="ReplaySet"/>.
    /// </summary>
    /// <param name="Key">Thumbprint of the proof's key.</param>
    /// <param name="Jti">1 to 128 characters, chosen by the caller.</param>
    /// <param name="IssuedAt">Whole seconds.</param>
    public sealed record Verified(JwkThumbprint Key, string Jti, DateTimeOffset IssuedAt) : DpopOutcome;

    /// <summary>The proof proves nothing.</summary>
    /// <param name="Reason">The first thing that was wrong.</param>
    /// <param name="Detail">With <see cref="DpopRefusal.Malformed"/>: what exactly.</param>
    public sealed record Refused(DpopRefusal Reason, JwsRefusal? Detail = null) : DpopOutcome;
}
