using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Mint: a token for one capability of one task. Decided on facts, committed only if they still hold, else decided again; the token
/// leaves after the commit. Refusals: malformed fields; every denial of authority (recorded, and all alike to the caller).
/// </summary>
internal sealed class Mint(
    LiveCatalog catalog, MintFactsReader facts, MintLedger ledger, MintApprovals approvals, TokenReader tokens, TokenSigner signer, TextKeepings keepings,
    AuditAppender audit, TreeTurns turns, TimeProvider clock)
{
    // Each further try needs a grant that added a label to have come between, or another catalog: trees have few labels, so this is a storm.
    private const int MostTries = 10;

    // Where every grant of the tree counts, one grant of another replica is enough, and each grants one at a time.
    private const int MostSerialTries = 25;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);

    public async Task<Reply<MintResponse>> HandleAsync(MintRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var taskId = fields.TaskId(request.TaskId);
        var capability = fields.Capability(request.Capability, "capability");
        var approvalId = request.ApprovalId is "" ? null : (ApprovalId?)fields.ApprovalId(request.ApprovalId);
        var timeToLive = fields.Duration(request.TimeToLive, "time_to_live", TimeSpan.FromSeconds(1), s_longest);
        if (fields.Refusal is { } malformed) return Reply.Refuse<MintResponse>(malformed);
        if ((request.Bearer ? new Binding.Bearer() : caller.Binding) is not { } binding)
            return Reply.Refuse<MintResponse>(new(Reason.NoCredential, Detail: "send the identity token of Attest: the minted token is bound to its key"));

        var ask = new MintAsk
        {
            Request = requestId, Decision = DecisionId.New(clock.GetUtcNow()), Task = taskId, Workload = caller.Workload!.Value, AttestedBy = caller.AttestedBy!.Value,
            Capability = capability!, Binding = binding, TimeToLive = timeToLive, Approval = approvalId,
            PromptFragment = request.PromptFragment is "" ? null : request.PromptFragment,
        };
        for (var tries = 1; tries <= (IsSerial ? MostSerialTries : MostTries); tries++)
        {
            using var turn = IsSerial && await facts.RootAsync(ask, ct) is { } root ? await turns.TakeAsync(root, ct) : null;
            if (await TryAsync(ask, tries == 1 && ask.Approval is null, ct) is { } reply) return reply;
        }

        return Reply.Refuse<MintResponse>(new(Reason.Overloaded, Detail: "the task's history keeps changing"), TimeSpan.FromSeconds(1));
    }

    // Of the catalog that is known now: a try may find that another is in force.
    private bool IsSerial => catalog.Current.Catalog.Policies.ReadCounts;

    // Null: what was decided on has changed, decide again.
    private async ValueTask<Reply<MintResponse>?> TryAsync(MintAsk ask, bool mayRecall, CancellationToken ct)
    {
        var recalled = mayRecall ? facts.Recall(ask) : null;
        var (known, snapshot) = recalled ?? await facts.ReadAsync(ask, ct);
        var approval = await approvals.FindAsync(ask, ct);
        // Asked again: the approval is used, and by this very token.
        if (approval?.Jti == ask.Jti && await RepeatAsync(ask, ct) is { } repeated) return repeated;
        var now = clock.GetUtcNow();
        switch (ask.Approval is null ? Minting.Decide(ask, known, now) : ApprovalUse.Decide(ask, known, approval, snapshot.Catalog, now))
        {
            case MintDecision.Denied(var doubtful) when recalled is not null && doubtful.IsDenial:
            case MintDecision.NeedsApproval when recalled is not null:
                return null;
            case MintDecision.Approved(var grant):
                var kept = ask.PromptFragment is { } fragment ? keepings.Of(snapshot.Catalog.Settings.Prompts).Keep(fragment) : null;
                return await CommitAsync(ask, grant, AuditPayloads.TokenMinted(now, grant, kept), ct);
            case MintDecision.Denied(var refusal) denied:
                return await DenyAsync(ask, refusal, PolicyOf(known, denied.Judgement), ct);
            case MintDecision.NeedsApproval(_, var needed):
                return await AskAsync(ask, known, snapshot, needed, ct);
            default:
                throw new UnreachableException();
        }
    }

    // The approval is told, and nothing else: the policies would allow it with one.
    private async ValueTask<Reply<MintResponse>> AskAsync(
        MintAsk ask, MintFacts known, CatalogSnapshot current, Judgement.NeedsApproval needed, CancellationToken ct)
    {
        var denied = AuditPayloads.MintDenied(clock.GetUtcNow(), ask, new(Reason.ApprovalRequired), PolicyOf(known, needed));
        return await approvals.AskAsync(ask, known, current, needed, denied, ct) switch
        {
            ApprovalAsked.Open(var open) =>
                Reply.NeedsApproval<MintResponse>(new ApprovalNeeded(open.Id, ask.Capability, open.Groups, open.ExpiresAt), ask.Decision),
            ApprovalAsked.TaskOver => await RecordAsync(ask, new(Reason.TaskOver), policy: null, ct),
            ApprovalAsked.TooMany => await RefuseTooManyAsync(ask, current.Catalog.Settings.Approvals, PolicyOf(known, needed), ct),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<Reply<MintResponse>?> CommitAsync(MintAsk ask, ApprovedGrant grant, AuditEntry entry, CancellationToken ct)
    {
        // Signed first, for its hash is recorded with it; it leaves this method only if the commit succeeds.
        var key = await signer.KeyAsync(ct);
        var token = signer.Sign(grant, key);
        var commit = CommitOf(grant, key, token, entry);
        switch (grant.Approval is { } approval ? await approvals.CommitAsync(commit, approval, ct) : await ledger.CommitAsync(commit, ct))
        {
            case MintOutcome.Minted:
                return Reply.Of(AnswerOf(grant, token));
            case MintOutcome.Duplicate:
                return await RepeatAsync(ask, ct);
            case MintOutcome.TaskOver:
                return await RecordAsync(ask, new(Reason.TaskOver), policy: null, ct);
            case MintOutcome.BudgetSpent:
                return await DenyAsync(ask, new(Reason.BudgetSpent), policy: null, ct);
            case MintOutcome.CatalogChanged:
                await catalog.RefreshAsync(ct);
                return null;
            case MintOutcome.KeyRevoked:
                await signer.GiveUpAsync(key, ct);
                return null;
            case MintOutcome.HistoryChanged or null:
                return null;
            default:
                throw new UnreachableException();
        }
    }

    // A retry whose first attempt spent the last of the budget is not denied: it is answered as the first was.
    private async ValueTask<Reply<MintResponse>> DenyAsync(MintAsk ask, Refusal refusal, PolicyDecision? policy, CancellationToken ct)
    {
        if (!refusal.IsDenial) return Reply.Refuse<MintResponse>(refusal);
        return refusal.Reason == Reason.BudgetSpent && await RepeatAsync(ask, ct) is { } repeated ? repeated : await RecordAsync(ask, refusal, policy, ct);
    }

    private async ValueTask<Reply<MintResponse>?> RepeatAsync(MintAsk ask, CancellationToken ct)
    {
        if (await tokens.ReadAsync(ask.Jti, ct) is not { } row || (await facts.ReadAsync(ask, ct)).Facts.Task is not { } task) return null;
        return Minting.Repeat(ask, IssuedTokens.Of(row), task, clock.GetUtcNow()) switch
        {
            MintDecision.Approved(var grant) => Reply.Of(AnswerOf(grant, signer.Sign(grant, await signer.KeyAsync(ct)))),
            MintDecision.Denied(var refusal) when refusal.IsDenial => await RecordAsync(ask, refusal, policy: null, ct),
            MintDecision.Denied(var refusal) => Reply.Refuse<MintResponse>(refusal),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<Reply<MintResponse>> RecordAsync(MintAsk ask, Refusal refusal, PolicyDecision? policy, CancellationToken ct)
    {
        await audit.AppendAsync(AuditPayloads.MintDenied(clock.GetUtcNow(), ask, refusal, policy), ct);
        return Reply.Refuse<MintResponse>(refusal, ask.Decision);
    }

    // No denial, and on record all the same: whoever floods people with questions wants one waved through.
    private async ValueTask<Reply<MintResponse>> RefuseTooManyAsync(MintAsk ask, ApprovalSettings settings, PolicyDecision? policy, CancellationToken ct)
    {
        var refusal = new Refusal(Reason.TooManyApprovals, Detail: $"at most {ApprovalAsking.MostOpen} approvals of a task wait");
        await audit.AppendAsync(AuditPayloads.MintDenied(clock.GetUtcNow(), ask, refusal, policy), ct);
        return new Reply<MintResponse>.Refused(refusal, ask.Decision, settings.ExpiresAfter);
    }

    private static PolicyDecision? PolicyOf(MintFacts facts, Judgement? judgement) =>
        judgement is null ? null : new(facts.CatalogVersion, facts.CatalogDigest, judgement) { HistoryVersion = facts.Task?.HistoryVersion };

    private static MintCommit CommitOf(ApprovedGrant grant, SigningKey key, string token, AuditEntry entry) => new()
    {
        Jti = grant.Jti, TaskId = grant.Task, RootId = grant.Root, HistoryVersion = grant.HistoryVersion, CatalogVersion = grant.CatalogVersion,
        Grows = grant.Adds, Counts = grant.Counts, IsSerial = grant.IsSerial, Tool = grant.Capability.Tool.ToString(), Action = grant.Capability.Action.ToString(),
        Resource = grant.Capability.Resource.ToString(), ParametersJson = CapabilityJson.ParametersToText(grant.Capability),
        Audience = grant.Audience, Cnf = grant.Binding.ToColumn(), Kid = key.KeyId, IssuedAt = grant.IssuedAt, ExpiresAt = grant.ExpiresAt,
        UsesLeft = grant.Uses, DecisionId = grant.Decision, AskDigest = grant.AskDigest, TokenHash = AccessTokenHash.Of(token).ToArray(),
        Audit = entry,
    };

    private static MintResponse AnswerOf(ApprovedGrant grant, string token) => new()
    {
        Token = token, TokenType = grant.Binding.TokenType, Jti = grant.Jti.ToString(), ExpiresAt = grant.ExpiresAt.ToTimestamp(),
        DecisionId = grant.Decision.ToString(),
    };
}
