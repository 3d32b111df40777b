using CredBroker.Core.Catalog;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Identity;

/// <summary>What the broker puts into every identity token.</summary>
/// <param name="Issuer"><c>iss</c> and <c>aud</c>.</param>
/// <param name="Lifetime">The longest that the token may live; the rule never lets it pass <see cref="Attesting.LongestLifetime"/>.</param>
/// <param name="Id"><c>jti</c>: UUID version 7.</param>
public sealed record AttestTerms(string Issuer, TimeSpan Lifetime, Guid Id);

/// <summary>What is known when an identity is asked for.</summary>
/// <param name="Peer">What verified evidence says.</param>
/// <param name="Binding">The key or certificate of the caller.</param>
/// <param name="EvidenceExpiresAt">When the evidence ends; null: it has no end of its own.</param>
public sealed record AttestFacts(AttestedPeer Peer, Binding Binding, DateTimeOffset? EvidenceExpiresAt);

/// <summary>The rule of Attest: verified evidence and a catalog in, an identity or a refusal out. Same input, same answer.</summary>
public static class Attesting
{
    /// <summary>No identity token lives longer, whatever the configuration says (API.md, Attest).</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Decides. Refusals: <see cref="Reason.NoWorkloadMatches"/>, <see cref="Reason.SeveralWorkloadsMatch"/>,
    /// <see cref="Reason.EvidenceKindNotAllowed"/> (a join token of a workload that joins no more), <see cref="Reason.EvidenceExpired"/>
    /// (also when less than a second is left), <see cref="Reason.BearerNotAllowed"/>.
    /// </summary>
    public static AttestDecision Decide(AttestFacts facts, BrokerCatalog catalog, AttestTerms terms, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.Lifetime, TimeSpan.FromSeconds(1));
        if (facts.Binding is Binding.Bearer)
            return Deny(Reason.BearerNotAllowed, "an identity token is always bound");

        switch (WorkloadMatch.Find(catalog, facts.Peer))
        {
            case WorkloadMatch.One one:
                return Approve(one, facts, terms, now);
            case WorkloadMatch.Several several:
                return Deny(Reason.SeveralWorkloadsMatch, $"matches {string.Join(", ", several.Workloads)}");
            case WorkloadMatch.None when facts.Peer is AttestedPeer.JoinToken(var name) && catalog.Workloads.Values.Any(workload => workload.Name == name):
                return Deny(Reason.EvidenceKindNotAllowed, $"{name} does not attest with join tokens");
            default:
                return Deny(Reason.NoWorkloadMatches, "no workload has these selectors");
        }
    }

    private static AttestDecision Approve(WorkloadMatch.One match, AttestFacts facts, AttestTerms terms, DateTimeOffset now)
    {
        // Rounded down at both ends: a token never claims a moment that the evidence does not cover.
        var issuedAt = WholeSeconds(now);
        var expiresAt = issuedAt + WholeSeconds(terms.Lifetime < LongestLifetime ? terms.Lifetime : LongestLifetime);
        if (facts.EvidenceExpiresAt is { } end && end < expiresAt)
            expiresAt = WholeSeconds(end);
        return expiresAt > now
            ? new AttestDecision.Approved(new(match, facts.Peer.Kind, terms, facts.Binding, issuedAt, expiresAt))
            : Deny(Reason.EvidenceExpired, "nothing is left of the evidence's life");
    }

    private static AttestDecision.Denied Deny(Reason reason, string detail) => new(new Refusal(reason, Detail: detail));

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static TimeSpan WholeSeconds(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));
}

/// <summary>What <see cref="Attesting"/> decided. Closed: <see cref="Approved"/>, <see cref="Denied"/>.</summary>
public abstract record AttestDecision
{
    private AttestDecision()
    {
    }

    /// <summary>The identity, to be recorded and then signed.</summary>
    public sealed record Approved(ApprovedIdentity Identity) : AttestDecision;

    /// <summary>The true reason: for the audit, never for the caller.</summary>
    public sealed record Denied(Refusal Refusal) : AttestDecision;
}
