using System.Collections.Immutable;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>What the policies say. Closed: <see cref="Allowed"/>, <see cref="NeedsApproval"/>, <see cref="Denied"/>.</summary>
public abstract record Judgement
{
    private Judgement(JudgementRecord record) => Record = record;

    /// <summary>How it came about.</summary>
    public JudgementRecord Record { get; }

    /// <summary>Yes.</summary>
    /// <param name="Terms">What it is bound to.</param>
    /// <param name="Record">How it came about.</param>
    public sealed record Allowed(PolicyTerms Terms, JudgementRecord Record) : Judgement(Record);

    /// <summary>Yes, if an approver says so to exactly this.</summary>
    /// <param name="Approvers">The groups that may; at least one.</param>
    /// <param name="Quorum">How many approvers have to; at least 1.</param>
    /// <param name="Terms">What the yes is bound to then.</param>
    /// <param name="Record">How it came about.</param>
    public sealed record NeedsApproval(ImmutableArray<CatalogName> Approvers, int Quorum, PolicyTerms Terms, JudgementRecord Record) : Judgement(Record);

    /// <summary>No.</summary>
    /// <param name="Reason"><see cref="Reason.PolicyDenied"/> or <see cref="Reason.PolicyFailed"/>.</param>
    /// <param name="Detail">What a reader of the audit should know besides; null: the record says it all.</param>
    /// <param name="Record">How it came about.</param>
    public sealed record Denied(Reason Reason, string? Detail, JudgementRecord Record) : Judgement(Record);
}
