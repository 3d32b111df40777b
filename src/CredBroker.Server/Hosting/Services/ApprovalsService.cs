using CredBroker.Server.Approvals;
using Grpc.Core;

using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Hosting.Services;

/// <summary>credbroker.v1.Approvals: each RPC is a slice of its own.</summary>
internal sealed class ApprovalsService(AwaitApproval wait, ListApprovals list, WatchApprovals watch, DecideApproval decide) : V1.Approvals.ApprovalsBase
{
    public override Task AwaitApproval(AwaitApprovalRequest request, IServerStreamWriter<AwaitApprovalResponse> responseStream, ServerCallContext context) =>
        Call.StreamAsync(context, request, responseStream, wait.HandleAsync);

    public override Task<ListApprovalsResponse> ListApprovals(ListApprovalsRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, list.HandleAsync);

    public override Task WatchApprovals(WatchApprovalsRequest request, IServerStreamWriter<WatchApprovalsResponse> responseStream, ServerCallContext context) =>
        Call.StreamAsync(context, request, responseStream, watch.HandleAsync);

    public override Task<DecideApprovalResponse> DecideApproval(DecideApprovalRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, decide.HandleAsync);
}
