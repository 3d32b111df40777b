using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;

using CredBroker.V1;
using TokenRow = CredBroker.Server.Ledger.TokenRow;

namespace CredBroker.Server.Tasks;

/// <summary>
/// RecordResult: what came of a call that was made with a token, for the record alone. Refusals: malformed fields; no such token, or one
/// that is neither the caller's nor for an audience that the caller serves (denied, recorded, alike).
/// </summary>
internal sealed class RecordResult(
    OncePerRequest once, TokenReader tokens, LiveCatalog catalog, TextKeepings keepings, AuditAppender audit, TimeProvider clock)
{
    public async Task<Reply<RecordResultResponse>> HandleAsync(RecordResultRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var jti = fields.Jti(request.Jti);
        var fragment = fields.Text(request.ResultFragment, "result_fragment", 0, TaskLimits.MaxTextBytes);
        if (OutcomeOf(request.Outcome) is not { } outcome)
        {
            fields.Refuse(Reason.FieldMalformed, "outcome", "completed, failed or cancelled is expected");
            return Reply.Refuse<RecordResultResponse>(fields.Refusal!.Value);
        }

        if (fields.Refusal is { } malformed) return Reply.Refuse<RecordResultResponse>(malformed);
        var row = await tokens.ReadAsync(jti, ct);
        if (RefuseCaller(row, caller) is { } reason) return await DenyAsync(row, caller, new(reason), ct);

        // Who is both says it of itself: the word of the enforcement point is worth more for being another's.
        var own = row!.Workload == caller.Workload.ToString();
        var kept = fragment.Length == 0 ? null : keepings.Of(catalog.Current.Catalog.Settings.Prompts).Keep(fragment);
        return await once.RunAsync(caller, requestId, request, async transaction =>
        {
            var entry = UsePayloads.Result(clock.GetUtcNow(), row.TaskId, jti, caller.Name, own, outcome, kept);
            await AuditEntries.InsertAsync(transaction, entry, ct);
            return Reply.Of(new RecordResultResponse { SelfReported = own });
        }, ct);
    }

    private static Reason? RefuseCaller(TokenRow? row, Caller caller)
    {
        if (row is null) return Reason.UnknownToken;
        if (row.Workload == caller.Workload.ToString() || caller.Serves.Contains(row.Audience)) return null;
        return caller.Serves.Count > 0 ? Reason.AudienceNotServed : Reason.NotYourToken;
    }

    private async Task<Reply<RecordResultResponse>> DenyAsync(TokenRow? row, Caller caller, Refusal refusal, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        await audit.AppendAsync(AuditPayloads.TaskDenied(now, decision, row?.TaskId, caller.Name, "RecordResult", refusal), ct);
        return Reply.Refuse<RecordResultResponse>(refusal, decision);
    }

    private static CallOutcome? OutcomeOf(Outcome outcome) => outcome switch
    {
        Outcome.Completed => CallOutcome.Completed,
        Outcome.Failed => CallOutcome.Failed,
        Outcome.Cancelled => CallOutcome.Cancelled,
        _ => null,
    };
}
