using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using Task = System.Threading.Tasks.Task;
using TaskRow = CredBroker.Server.Ledger.TaskRow;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>
/// DelegateTask: gives a part of a task of the caller's to another workload. Refusals: malformed fields; not the caller's task, or over;
/// what is outside the parent, the catalog or the ceilings (denied, recorded); too many live children; a request id used for something else.
/// </summary>
internal sealed class DelegateTask(
    OncePerRequest once, OwnTask own, LiveCatalog catalog, TextKeepings keepings, AuditAppender audit, TimeProvider clock)
{
    private const string TakeBudget = "UPDATE tasks SET budget = budget - $2 WHERE id = $1 AND budget - spent >= $2";

    // What is left of a budget is a fact that policies may rest on: whoever decided on more than there is now has to decide again.
    private const string MoveVersion = "UPDATE tasks SET history_version = history_version + 1 WHERE id = $1";

    public async Task<Reply<DelegateTaskResponse>> HandleAsync(DelegateTaskRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var taskId = fields.TaskId(request.TaskId);
        if (!SpiffeId.TryParse(request.ToWorkload, out var to)) fields.Refuse(
            request.ToWorkload.Length == 0 ? Reason.FieldMissing : Reason.FieldMalformed, "to_workload", "a SPIFFE ID is expected");
        var envelope = fields.Envelope(request.Envelope);
        var timeToLive = fields.RequiredDuration(request.TimeToLive, "time_to_live", TaskLimits.MinTimeToLive, TaskLimits.MaxTimeToLive);
        if (fields.Refusal is { } malformed) return Reply.Refuse<DelegateTaskResponse>(malformed);
        // Nobody locks rows of another's tasks.
        if (await own.RefuseAsync(taskId, caller, "DelegateTask", ct) is { } denied) return denied.As<DelegateTaskResponse>();

        var ask = new DelegateAsk
        {
            Parent = taskId, Decision = DecisionId.New(clock.GetUtcNow()), Workload = caller.Workload!.Value,
            AttestedBy = caller.AttestedBy!.Value, To = to, Intent = request.Intent,
            Envelope = envelope!, TimeToLive = timeToLive, Budget = request.HasBudget ? request.Budget : null,
            PromptFragment = request.PromptFragment is "" ? null : request.PromptFragment,
        };
        PolicyDecision? policy = null;
        var reply = await once.RunAsync(caller, requestId, request, async transaction =>
        {
            var decision = await DecideAsync(transaction, ask, ct);
            policy = (decision as StartDecision.Denied)?.Policy;
            return await AnswerAsync(transaction, ask, decision, ct);
        }, ct);
        if (reply is Reply<DelegateTaskResponse>.Refused { DecisionId: not null, Refusal: var refusal })
            await audit.AppendAsync(DelegationPayloads.DelegateDenied(clock.GetUtcNow(), ask, refusal, policy), ct);
        return reply;
    }

    // First the rows, then the catalog, which is in force until this commits.
    private async Task<StartDecision> DecideAsync(NpgsqlTransaction transaction, DelegateAsk ask, CancellationToken ct)
    {
        var parent = await HeldTask.TakeAsParentAsync(transaction, ask.Parent, ct);
        var facts = FactsOf(ask, parent, await catalog.HoldAsync(transaction, ct));
        return Delegating.Decide(ask, facts, clock.GetUtcNow());
    }

    private static async Task<Reply<DelegateTaskResponse>> AnswerAsync(
        NpgsqlTransaction transaction, DelegateAsk ask, StartDecision decision, CancellationToken ct)
    {
        switch (decision)
        {
            case StartDecision.Approved(var child):
                await TakeBudgetAsync(transaction, child, ct);
                var createdAt = await NewTask.InsertAsync(transaction, child, DelegationPayloads.Delegated(child, ask), ct);
                return Reply.Of(new DelegateTaskResponse { Task = TaskMessages.Of(child, createdAt), DecisionId = child.Decision.ToString() });
            case StartDecision.Denied(var refusal) when refusal.IsDenial:
                return Reply.Refuse<DelegateTaskResponse>(refusal, ask.Decision);
            case StartDecision.Denied(var refusal):
                return Reply.Refuse<DelegateTaskResponse>(refusal);
            default:
                throw new UnreachableException();
        }
    }

    private DelegateFacts FactsOf(DelegateAsk ask, (TaskRow Task, int LiveChildren)? held, CatalogSnapshot snapshot)
    {
        var parent = held is var (row, _) ? TaskRowFacts.Of(row) : null;
        var delegator = snapshot.Catalog.FindWorkload(ask.Workload);
        var to = snapshot.Catalog.FindWorkload(ask.To);
        var limits = to?.Limits ?? WorkloadLimits.Default;
        return new DelegateFacts
        {
            CatalogVersion = snapshot.Version,
            CatalogDigest = snapshot.Digest,
            Policies = snapshot.Catalog.Policies,
            Child = TaskId.NewBelow(ask.Parent, clock.GetUtcNow()),
            Parent = parent,
            Ancestors = held is var (above, _) ? [.. above.Ancestors, above.Id] : [],
            LiveChildren = held?.LiveChildren ?? 0,
            MaxChildren = (delegator?.Limits ?? WorkloadLimits.Default).Children,
            DelegationDepth = snapshot.Catalog.Settings.DelegationDepth,
            Rules = [.. ask.Envelope.Capabilities.Select(capability => snapshot.Catalog.FindAction(capability.Tool, capability.Action))],
            Allowed = to?.Allow,
            AllowedAbove = parent is null ? [] : [.. parent.Above.Append(parent.Workload).Select(snapshot.Catalog.AllowedTo)],
            MaxTimeToLive = limits.MaxTimeToLive,
            MaxBudget = limits.MaxBudget,
            Keeping = keepings.Of(snapshot.Catalog.Settings.Prompts),
        };
    }

    // The row is held since the decision saw it; the condition says so once more where it cannot be forgotten.
    private static async Task TakeBudgetAsync(NpgsqlTransaction transaction, ApprovedTask child, CancellationToken ct)
    {
        await using var take = new NpgsqlCommand(TakeBudget, transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = child.Parent!.Value.Value }, new NpgsqlParameter<int> { TypedValue = child.Budget } },
        };
        if (await take.ExecuteNonQueryAsync(ct) != 1) throw new UnreachableException("The parent had the budget left when it was decided.");
        await using var move = new NpgsqlCommand(MoveVersion, transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = child.Root.Value } },
        };
        await move.ExecuteNonQueryAsync(ct);
    }
}
