using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using ApprovalState = CredBroker.Core.Approvals.ApprovalState;

using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Approvals;

/// <summary>
/// AwaitApproval: how an approval of the caller's stands, until it is decided. Refusals: malformed id; not the caller's (denied, recorded,
/// and as if there were none); too many streams.
/// </summary>
internal sealed class AwaitApproval(ApprovalReader approvals, ApprovalSignal signal, StreamSlots slots, AuditAppender audit, TimeProvider clock)
{
    public async Task<Reply<Empty>> HandleAsync(
        AwaitApprovalRequest request, Caller caller, Func<AwaitApprovalResponse, Task> send, CancellationToken ct)
    {
        var fields = new Fields();
        var id = fields.ApprovalId(request.ApprovalId);
        if (fields.Refusal is { } malformed) return Reply.Refuse<Empty>(malformed);
        return await slots.RunAsync(caller, () => FollowAsync(id, caller, send, ct));
    }

    private async Task<Reply<Empty>> FollowAsync(ApprovalId id, Caller caller, Func<AwaitApprovalResponse, Task> send, CancellationToken ct)
    {
        AwaitApprovalResponse? last = null;
        while (true)
        {
            var row = await approvals.FindAsync(id, ct);
            if (row is null || row.Workload != caller.Workload) return await DenyAsync(id, row is null ? Reason.UnknownApproval : Reason.NotYourApproval, caller, ct);

            // Only what is pending is waited for. Read again behind that: what changed in between was told to nobody here.
            var next = row.State == ApprovalState.Pending ? signal.NextOf(id) : Task.CompletedTask;
            row = await approvals.FindAsync(id, ct) ?? row;
            var now = new AwaitApprovalResponse { State = ApprovalMessages.StateOf(row.State), ExpiresAt = row.ExpiresAt.ToTimestamp() };
            if (!now.Equals(last)) await send(last = now);
            if (row.State != ApprovalState.Pending) return Reply.Of(new Empty());
            await signal.WaitAsync(next, ct);
        }
    }

    private async Task<Reply<Empty>> DenyAsync(ApprovalId id, Reason reason, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        await audit.AppendAsync(ApprovalPayloads.Refused(now, decision, [id], caller.Name, "AwaitApproval", new(reason)), ct);
        return Reply.Refuse<Empty>(new(reason), decision);
    }
}
