using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using Grpc.Core;

namespace CredBroker.Server.Hosting;

/// <summary>Records that a caller may not call an RPC at all, before it is told so.</summary>
internal sealed class Denials(AuditAppender audit, TimeProvider clock)
{
    /// <summary>Writes the audit entry, then makes the answer: the same as every other denial, unless the caller is an administrator.</summary>
    public async Task<RpcException> DenyAsync(Caller caller, RpcRow row, CancellationToken ct)
    {
        if (ReferenceEquals(caller, Caller.Anonymous) || caller is { Workload: null, Admin: null })
            return StatusMap.Of(new(Reason.NoCredential, Detail: "no credential that the broker knows"), null, mayKnow: false);

        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        var reason = caller.Admin is null ? Reason.CallerMayNotCall : Reason.RoleMissing;
        await audit.AppendAsync(AuditPayloads.CallDenied(now, decision, caller.Name, caller.Proof.ToString(), row.Method, new(reason)), ct);
        return StatusMap.Of(new(reason), decision, mayKnow: caller.Admin is not null);
    }
}
