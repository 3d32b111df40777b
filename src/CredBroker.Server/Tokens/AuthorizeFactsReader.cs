using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Loads what the decision on a call needs: the token's task as it is now, and the catalog in force then, or a later one. Nothing is
/// remembered: what the commit would check again is read here first, so that nearly every call is decided once.
/// </summary>
internal sealed class AuthorizeFactsReader(CurrentTasks tasks, ApprovalReader approvals)
{
    /// <summary>The facts on a call with a token that the broker minted.</summary>
    public async ValueTask<AuthorizeFacts> ReadAsync(AuthorizeAsk ask, PresentedToken token, CancellationToken ct)
    {
        var (task, snapshot) = await tasks.ReadAsync(token.Row.TaskId, ct);
        var call = ask.Call.Capability;
        // What is used does not change any more, so it need not be of the same moment as the task.
        var approval = token.Row.Approval is { } id ? await approvals.FindAsync(id, ct) : null;
        return new AuthorizeFacts
        {
            Token = token.Issued,
            Revoked = token.Row.RevokedAt is not null,
            Possession = token.Possession,
            AttestedBy = token.Content.ClientAttestedBy,
            Task = task,
            Approval = approval is null ? null : new(approval.ToFacts(), snapshot.Catalog),
            CatalogVersion = snapshot.Version,
            CatalogDigest = snapshot.Digest,
            Policies = snapshot.Catalog.Policies,
            Found = snapshot.Catalog.FindAction(call.Tool, call.Action),
            Allowed = task is null ? null : snapshot.Catalog.AllowedTo(task.Workload),
            AllowedAbove = task is { Above.IsEmpty: false } ? [.. task.Above.Select(snapshot.Catalog.AllowedTo)] : [],
        };
    }
}
