using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Authorize: whether one call may be made with a token, decided on facts and committed only if they still hold, else decided again; the use
/// is taken in the commit. Whatever stands against it is recorded, and answered with <c>allowed = false</c> and a decision id. Refusals:
/// malformed fields; a request id of another call.
/// </summary>
internal sealed class Authorize(
    OwnTokens own, TokenReader tokens, Possessions possessions, AuthorizeFactsReader facts, AuthorizeLedger ledger, LiveCatalog catalog,
    AuditAppender audit, TimeProvider clock)
{
    // Each further try needs another grant of the tree, or another catalog, to have come between: five in a row is a storm.
    private const int MostTries = 5;

    public async Task<Reply<AuthorizeResponse>> HandleAsync(AuthorizeRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        fields.Token(request.Token);
        var received = ReceivedWith(request.Proof, fields);
        if (request.CertificateX5TS256.Length > 0 && !CertificateThumbprint.TryParse(request.CertificateX5TS256, out _))
            fields.Refuse(Reason.FieldMalformed, "certificate_x5t_s256", "the base64url of a SHA-256 is expected");
        var call = fields.ToolCall(request);
        if (fields.Refusal is { } malformed) return Reply.Refuse<AuthorizeResponse>(malformed);

        var ask = new AuthorizeAsk
        {
            Request = requestId, Decision = DecisionId.New(clock.GetUtcNow()), Backend = caller.Workload!.Value, Serves = caller.Serves, Call = call!,
        };
        if (await FindAsync(request, received, ask, ct) is not { } token) return await DenyAsync(ask, null, new(Reason.UnknownToken), ct);
        for (var tries = 1; tries <= MostTries; tries++)
            if (await TryAsync(ask, token, ct) is { } reply)
                return reply;
        return Reply.Refuse<AuthorizeResponse>(new(Reason.Overloaded, Detail: "the task's history keeps changing"), TimeSpan.FromSeconds(1));
    }

    // The backend wrote method and URI; the proof itself is as the agent sent it, and never a mistake of the backend's.
    private static DpopRequest? ReceivedWith(PresentedProof? proof, Fields fields)
    {
        if (proof is null || proof.Dpop.Length == 0) return null;
        if (DpopRequest.TryFor(proof.Method, proof.Uri, out var received)) return received;
        fields.Refuse(Reason.FieldMalformed, "proof", "the method, and the absolute http or https URI without query and fragment, are expected");
        return null;
    }

    // Null: not a token that a replica minted.
    private async Task<PresentedToken?> FindAsync(AuthorizeRequest request, DpopRequest? received, AuthorizeAsk ask, CancellationToken ct)
    {
        if ((own.Find(request.Token, out var unverified) ?? unverified?.Content) is not { } token) return null;
        var jti = Jti.Of(token.Id);
        if (await tokens.ReadAsync(jti, ct) is not { } row || row.Audience != token.Audience) return null;
        if (unverified is not null && !await own.VerifyAsync(unverified, row.TokenHash, ct)) return null;
        var issued = IssuedTokens.Of(row);
        // A backend that the token is not for must not use up the proof.
        var possession = ask.Serves.Contains(row.Audience)
            ? possessions.Of(request, received, issued.Binding, AuthorizationId.Derive(jti, ask.Request, ask.Backend))
            : Possession.None;
        return new(token, row, issued, possession);
    }

    // Null: what was decided on has changed, decide again.
    private async ValueTask<Reply<AuthorizeResponse>?> TryAsync(AuthorizeAsk ask, PresentedToken token, CancellationToken ct)
    {
        var known = await facts.ReadAsync(ask, token, ct);
        var now = clock.GetUtcNow();
        return Authorizing.Decide(ask, known, now) switch
        {
            AuthorizeDecision.Allowed(var use) => await CommitAsync(ask, token, new(use, token.Content.KeyId, UsePayloads.Authorized(now, use)), ct),
            AuthorizeDecision.Denied(var refusal) { Policy: var policy } => await DenyAsync(ask, token, refusal, ct, policy),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<Reply<AuthorizeResponse>?> CommitAsync(AuthorizeAsk ask, PresentedToken token, AuthorizeCommit commit, CancellationToken ct)
    {
        var answer = await ledger.CommitAsync(commit, ct);
        switch (answer.Outcome)
        {
            case AuthorizeOutcome.Allowed:
                return Reply.Of(AnswerOf(commit.Use, commit.Use.Decision, commit.Use.Obligations));
            case AuthorizeOutcome.Duplicate:
                return Reply.Of(AnswerOf(commit.Use, answer.Decision, answer.Obligations));
            case AuthorizeOutcome.TokenOver:
                return await DenyAsync(ask, token, new(Reason.TokenOver), ct);
            case AuthorizeOutcome.TaskOver:
                return await DenyAsync(ask, token, new(Reason.TaskOver), ct);
            case AuthorizeOutcome.UsesSpent:
                return await DenyAsync(ask, token, new(Reason.UsesSpent), ct);
            case AuthorizeOutcome.OtherContent:
                return Reply.Refuse<AuthorizeResponse>(new(Reason.RequestIdReused, "request_id", "was used before, for another call with this token"));
            case AuthorizeOutcome.CatalogChanged:
                await catalog.RefreshAsync(ct);
                return null;
            case AuthorizeOutcome.HistoryChanged:
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private async ValueTask<Reply<AuthorizeResponse>> DenyAsync(
        AuthorizeAsk ask, PresentedToken? token, Refusal refusal, CancellationToken ct, PolicyDecision? policy = null)
    {
        await audit.AppendAsync(UsePayloads.Denied(clock.GetUtcNow(), ask, token?.Issued, refusal, token?.Content.ClientAttestedBy, policy), ct);
        return Reply.Of(new AuthorizeResponse { DecisionId = ask.Decision.ToString() });
    }

    private static AuthorizeResponse AnswerOf(ApprovedUse use, DecisionId decision, IReadOnlyList<string> obligations) => new()
    {
        Allowed = true, DecisionId = decision.ToString(), Obligations = { obligations }, Jti = use.Jti.ToString(), Workload = use.Workload.ToString(),
        Initiator = use.Initiator, TaskId = use.Task.ToString(),
    };
}
