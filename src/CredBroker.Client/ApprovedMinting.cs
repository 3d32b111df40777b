using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Client;

/// <summary>Mints what a person may have to approve: waits for the approval that the broker names, then mints with it.</summary>
internal static class ApprovedMinting
{
    public static async Task<MintResponse> MintAsync(AgentSession session, MintRequest request, CancellationToken ct)
    {
        try
        {
            return await session.Tokens.MintAsync(request, cancellationToken: ct);
        }
        catch (RpcException refused) when (BrokerRefusal.Of(refused).ApprovalId is not null)
        {
            var id = BrokerRefusal.Of(refused).ApprovalId!;
            if (await AwaitAsync(session, id, ct) != ApprovalState.Approved) throw;
            // Another request than the one that was refused: that one brought no approval.
            var again = request.Clone();
            again.RequestId = session.Connection.NewRequestId();
            again.ApprovalId = id;
            return await session.Tokens.MintAsync(again, cancellationToken: ct);
        }
    }

    // The state in which it was decided. A replica that stops ends its streams: another one goes on.
    private static async Task<ApprovalState> AwaitAsync(AgentSession session, string id, CancellationToken ct)
    {
        var tries = new Tries();
        while (true)
        {
            try
            {
                using var call = session.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: ct);
                var state = ApprovalState.Pending;
                while (state == ApprovalState.Pending && await call.ResponseStream.MoveNext(ct))
                {
                    state = call.ResponseStream.Current.State;
                    tries = new Tries();
                }

                if (state != ApprovalState.Pending) return state;
            }
            catch (RpcException away) when (away.StatusCode == StatusCode.Unavailable && tries.TakeWait() is { } wait)
            {
                await Task.Delay(wait, session.Connection.Clock, ct);
            }
        }
    }
}
