using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using ApprovalRow = CredBroker.Server.Ledger.ApprovalRow;

using CredBroker.V1;

namespace CredBroker.Server.Approvals;

/// <summary>
/// DecideApproval: an approver's vote on approvals of one task, on all of them or on none. Refusals: malformed fields; an approval that is
/// unknown, over or not the caller's to decide (recorded); too many votes in an hour (recorded); a request id used for something else.
/// </summary>
internal sealed class DecideApproval(OncePerRequest once, LiveCatalog catalog, AuditAppender audit, TimeProvider clock)
{
    private const int MostApprovals = 32;
    private const int MaxReason = 1_024;

    public async Task<Reply<DecideApprovalResponse>> HandleAsync(DecideApprovalRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var ids = IdsOf(request, fields);
        var reason = fields.Text(request.Reason, "reason", 1, MaxReason);
        if (request.Verdict is not (Verdict.Approve or Verdict.Deny)) fields.Refuse(Reason.FieldMalformed, "verdict", "approve or deny is expected");
        if (fields.Refusal is { } malformed) return Reply.Refuse<DecideApprovalResponse>(malformed);

        var vote = new Vote(ids, new VoteAsk { Approver = caller.Admin!, Workload = caller.Workload, Approves = request.Verdict == Verdict.Approve }, reason);
        var reply = await once.RunAsync(caller, requestId, request, transaction => DecideAsync(transaction, vote, ct), ct);
        return reply is Reply<DecideApprovalResponse>.Refused refused && IsRecorded(refused.Refusal) ? await RecordAsync(refused, vote, caller, ct) : reply;
    }

    private async Task<Reply<DecideApprovalResponse>> DecideAsync(NpgsqlTransaction transaction, Vote vote, CancellationToken ct)
    {
        await VoteStatements.LockApproverAsync(transaction, vote.Ask.Approver, ct);
        var tasks = await VoteStatements.TasksOfAsync(transaction, vote.Ids, ct);
        if (tasks.Count > 1) return Reply.Refuse<DecideApprovalResponse>(new(Reason.FieldMalformed, "approval_ids", "approvals of one task are expected"));
        var rows = tasks.Count == 0 ? [] : await VoteStatements.HoldAsync(transaction, tasks[0], vote.Ids, ct);
        if (vote.Ids.FirstOrDefault(id => rows.All(row => row.Id != id)) is { IsNone: false } missing)
            return Refuse(new(Reason.UnknownApproval, Detail: $"there is no approval {missing}"));

        var chain = await VoteStatements.ChainOfAsync(transaction, tasks[0], ct);
        // After the rows: whoever holds the head of the catalog waits for no row.
        var snapshot = await catalog.HoldAsync(transaction, ct);
        var counted = new List<(ApprovalRow Row, VoteDecision.Counted Decision)>();
        foreach (var row in rows)
        {
            switch (Voting.Decide(vote.Ask, new VoteFacts { Approval = row.ToFacts(), Chain = chain, Catalog = snapshot.Catalog }))
            {
                case VoteDecision.Counted decision:
                    counted.Add((row, decision));
                    break;
                case VoteDecision.Refused(var refusal):
                    return Refuse(refusal);
                default:
                    throw new UnreachableException();
            }
        }

        var settings = snapshot.Catalog.Settings.Approvals;
        var before = await Votes.CountAsync(transaction.Connection!, vote.Ask.Approver, ct);
        if (!before.Allow(counted.Count, settings))
            return Reply.Refuse<DecideApprovalResponse>(
                new(Reason.TooManyVotes, Detail: $"at most {settings.PerApproverPerHour} votes of one approver in an hour"), before.OldestLeavesIn);

        await VoteStatements.WriteAsync(transaction, counted, vote, settings.UseWithin, clock.GetUtcNow(), ct);
        var after = await VoteStatements.ReadAsync(transaction, vote.Ids, ct);
        return Reply.Of(new DecideApprovalResponse
        {
            Approvals = { vote.Ids.Select(id => ApprovalMessages.Of(after.Single(row => row.Id == id))) },
            VotesLastHour = before.LastHour + counted.Count, VotesPerHour = settings.PerApproverPerHour,
        });
    }

    private static List<ApprovalId> IdsOf(DecideApprovalRequest request, Fields fields)
    {
        if (request.ApprovalIds.Count == 0) fields.Refuse(Reason.FieldMissing, "approval_ids", "at least one is required");
        if (request.ApprovalIds.Count > MostApprovals) fields.Refuse(Reason.TooManyElements, "approval_ids", $"at most {MostApprovals}");
        if (fields.Refusal is not null) return [];
        var ids = request.ApprovalIds.Select((text, i) => fields.ApprovalId(text, $"approval_ids[{i}]")).ToList();
        if (ids.Distinct().Count() < ids.Count) fields.Refuse(Reason.DuplicateElement, "approval_ids", "an approval is named twice");
        return ids;
    }

    // A flood of votes is worth a line too: it is what a rubber stamp looks like.
    private static bool IsRecorded(Refusal refusal) => refusal.IsDenial || refusal.Reason == Reason.TooManyVotes;

    private static Reply<DecideApprovalResponse> Refuse(Refusal refusal) => new Reply<DecideApprovalResponse>.Refused(refusal, null);

    private async Task<Reply<DecideApprovalResponse>> RecordAsync(
        Reply<DecideApprovalResponse>.Refused refused, Vote vote, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        await audit.AppendAsync(ApprovalPayloads.Refused(now, decision, vote.Ids, caller.Name, "DecideApproval", refused.Refusal), ct);
        return refused with { DecisionId = decision };
    }
}
