using CredBroker.Server.Tasks;
using Grpc.Core;

using CredBroker.V1;

namespace CredBroker.Server.Hosting.Services;

/// <summary>credbroker.v1.Tasks: each RPC is a slice of its own.</summary>
internal sealed class TasksService(
    StartTask start, DelegateTask delegating, AcceptTask accept, Heartbeat heartbeat, EndTask end, GetTask get,
    RecordResult result)
    : V1.Tasks.TasksBase
{
    public override Task<StartTaskResponse> StartTask(StartTaskRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, start.HandleAsync);

    public override Task<DelegateTaskResponse> DelegateTask(DelegateTaskRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, delegating.HandleAsync);

    public override Task<AcceptTaskResponse> AcceptTask(AcceptTaskRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, accept.HandleAsync);

    public override Task<HeartbeatResponse> Heartbeat(HeartbeatRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, heartbeat.HandleAsync);

    public override Task<EndTaskResponse> EndTask(EndTaskRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, end.HandleAsync);

    public override Task<GetTaskResponse> GetTask(GetTaskRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, get.HandleAsync);

    public override Task<RecordResultResponse> RecordResult(RecordResultRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, result.HandleAsync);
}
