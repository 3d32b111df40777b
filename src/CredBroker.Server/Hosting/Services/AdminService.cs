using CredBroker.Server.Attestation;
using CredBroker.Server.Catalog;
using CredBroker.Server.Past;
using CredBroker.Server.Revocation;
using CredBroker.Server.Tasks;
using CredBroker.Server.Tokens;
using Grpc.Core;

using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Hosting.Services;

/// <summary>credbroker.v1.Admin: each RPC is a slice of its own, in the folder of what it concerns.</summary>
internal sealed class AdminService(
    ApplyCatalog apply, GetCatalog get, ListTasks list, EmergencyStop stop, StandingAccess standing, CreateJoinToken join, Simulate simulate,
    StartShadow startShadow, StopShadow stopShadow, ShowShadow showShadow, Explain explain) : V1.Admin.AdminBase
{
    public override Task<ApplyCatalogResponse> ApplyCatalog(ApplyCatalogRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, apply.HandleAsync);

    public override Task<GetCatalogResponse> GetCatalog(GetCatalogRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, get.HandleAsync);

    public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, list.HandleAsync);

    public override Task<RevokeResponse> Revoke(RevokeRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, stop.HandleAsync);

    public override Task<StandingAccessResponse> StandingAccess(StandingAccessRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, standing.HandleAsync);

    public override Task<CreateJoinTokenResponse> CreateJoinToken(CreateJoinTokenRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, join.HandleAsync);

    public override Task Simulate(SimulateRequest request, IServerStreamWriter<SimulateResponse> responseStream, ServerCallContext context) =>
        Call.StreamAsync(context, request, responseStream, simulate.HandleAsync);

    public override Task<StartShadowResponse> StartShadow(StartShadowRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, startShadow.HandleAsync);

    public override Task<StopShadowResponse> StopShadow(StopShadowRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, stopShadow.HandleAsync);

    public override Task<ShowShadowResponse> ShowShadow(ShowShadowRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, showShadow.HandleAsync);

    public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, explain.HandleAsync);
}
