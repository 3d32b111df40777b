using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;

namespace CredBroker.Server.Attestation;

/// <summary>What looking at evidence came to. Closed.</summary>
/// <param name="Trace">For the record.</param>
internal abstract record EvidenceReading(EvidenceTrace Trace)
{
    /// <summary>It proves what it says.</summary>
    /// <param name="Peer">What it says.</param>
    /// <param name="ExpiresAt">When it ends; null: it has no end of its own.</param>
    /// <param name="Trace">For the record.</param>
    internal sealed record Verified(AttestedPeer Peer, DateTimeOffset? ExpiresAt, EvidenceTrace Trace) : EvidenceReading(Trace);

    /// <summary>It proves nothing.</summary>
    /// <param name="Refusal">The true reason.</param>
    /// <param name="Trace">For the record.</param>
    internal sealed record Refused(Refusal Refusal, EvidenceTrace Trace) : EvidenceReading(Trace);

    /// <summary>A join token: known only once it is consumed, in the transaction that records what it was good for.</summary>
    /// <param name="SecretHash">SHA-256.</param>
    /// <param name="Trace">For the record.</param>
    internal sealed record Secret(byte[] SecretHash, EvidenceTrace Trace) : EvidenceReading(Trace);
}
