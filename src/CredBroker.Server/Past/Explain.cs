using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Past;
using CredBroker.Core.Policies.Explanations;
using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;

using CredBroker.V1;
using NearMiss = CredBroker.Core.Policies.Explanations.NearMiss;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Past;

/// <summary>
/// Explain: why a decision came out as it did, by the record, and by asking the policies of then again. Refusals: malformed fields; no such
/// decision on record.
/// </summary>
internal sealed class Explain(PastRecord record, PastCatalogs catalogs, TaskReader tasks)
{
    public async Task<Reply<ExplainResponse>> HandleAsync(ExplainRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var id = fields.DecisionId(request.DecisionId);
        if (fields.Refusal is { } malformed) return Reply.Refuse<ExplainResponse>(malformed);
        if (await record.FindAsync(id, ct) is not { } row)
            return Reply.Refuse<ExplainResponse>(new(Reason.FieldOutOfRange, "decision_id", "there is no such decision on record"));

        var answer = new ExplainResponse { DecisionId = id.ToString(), At = PastRecord.MomentOf(row.Id).ToTimestamp() };
        if (PastEntryReader.Read(row.Kind, row.Payload)?.Decision is { } past) await TellAsync(answer, past, ct);
        else answer.Sentences.AddRange(EntryWords.Of(row.Kind, row.Payload));
        return Reply.Of(answer);
    }

    private async Task TellAsync(ExplainResponse answer, PastDecision past, CancellationToken ct)
    {
        var version = past.CatalogVersion ?? await catalogs.VersionAtAsync(past.At, ct);
        var then = await catalogs.FindAsync(version, ct);
        var task = past.Task is { } asked && await tasks.ReadAsync(asked, ct) is { } kept ? TaskRowFacts.Of(kept) : null;
        var story = DecisionStory.Of(past, then?.Catalog, task);
        answer.At = past.At.ToTimestamp();
        answer.Phase = ReplayMessages.PhaseOf(past.Phase);
        answer.Workload = ReplayMessages.WorkloadOf(past);
        answer.TaskId = past.Task?.ToString() ?? "";
        answer.Capability = past.Asked.ToMessage();
        answer.Verdict = ReplayMessages.Of(past.Was);
        answer.CatalogVersion = then is null ? 0 : version;
        answer.Sentences.AddRange(story.Sentences);
        answer.NearMisses.AddRange(story.NearMisses.Select(Of));
    }

    private static V1.NearMiss Of(NearMiss miss) => new()
    {
        Fact = miss.Fact, Value = miss.Value, Other = miss.Other, Policies = { miss.By },
        Outcome = miss.Outcome switch
        {
            JudgementOutcome.Allowed => V1.DecisionOutcome.Allowed,
            JudgementOutcome.NeedsApproval => V1.DecisionOutcome.ApprovalRequired,
            JudgementOutcome.Denied => V1.DecisionOutcome.Denied,
            _ => throw new System.Diagnostics.UnreachableException(),
        },
    };
}
