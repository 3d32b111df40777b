using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>What a mint has to do with approvals: it asks for one where the policies want it, and takes the one that it brings.</summary>
internal sealed class MintApprovals(ApprovalReader reader, ApprovalAsking asking, ApprovedMint commits)
{
    /// <summary>The approval that a mint brings, as it is now; null: it brings none, or there is none.</summary>
    public async ValueTask<ApprovalFacts?> FindAsync(MintAsk ask, CancellationToken ct) =>
        ask.Approval is { } id ? (await reader.FindAsync(id, ct))?.ToFacts() : null;

    /// <summary>Asks those whom the policies name.</summary>
    public Task<ApprovalAsked> AskAsync(
        MintAsk ask, MintFacts facts, CatalogSnapshot catalog, Judgement.NeedsApproval needed, AuditEntry denied, CancellationToken ct) =>
        asking.AskAsync(new(ask, facts.Task!.Root, needed, catalog, denied), ct);

    /// <summary>Commits a mint with its approval; null: that cannot be used any more.</summary>
    public async ValueTask<MintOutcome?> CommitAsync(MintCommit mint, ApprovalId approval, CancellationToken ct) =>
        await commits.CommitAsync(mint, approval, ct);
}
