using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Status = Grpc.Core.Status;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Client;

/// <summary>The services of a broker on a real Kestrel, answering what a test says. It checks nothing: the tests look at what came.</summary>
public sealed class FakeBroker : IAsyncDisposable
{
    private readonly Dictionary<System.Type, Delegate> _answers = [];
    private readonly WebApplication _app;
    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;

    private FakeBroker(Func<ListenOptions, ListenOptions>? tls, bool unix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            void Http2(ListenOptions listen)
            {
                listen.Protocols = HttpProtocols.Http2;
                tls?.Invoke(listen);
            }

            if (unix) kestrel.ListenUnixSocket(Socket, Http2);
            else kestrel.Listen(IPAddress.Loopback, 0, Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Attesting(this)).AddSingleton(new Minting(this)).AddSingleton(new Leasing(this)).AddSingleton(new Administering(this));
        _app = builder.Build();
        _app.MapGrpcService<Attesting>();
        _app.MapGrpcService<Minting>();
        _app.MapGrpcService<Leasing>();
        _app.MapGrpcService<Administering>();
    }

    /// <summary>Every call that came, in order.</summary>
    public ConcurrentQueue<Came> Calls { get; } = new();

    public Func<AttestRequest, AttestResponse> OnAttest { get; set; } = _ => throw new InvalidOperationException("not expected");

    public Func<MintRequest, ServerCallContext, Task<MintResponse>> OnMint { get; set; } = (_, _) => Task.FromResult(new MintResponse());

    public Func<StartTaskRequest, StartTaskResponse> OnStart { get; set; } = _ => throw new InvalidOperationException("not expected");

    public Func<HeartbeatRequest, HeartbeatResponse> OnHeartbeat { get; set; } = _ => throw new InvalidOperationException("not expected");

    public Func<EndTaskRequest, EndTaskResponse> OnEnd { get; set; } = _ => new EndTaskResponse();

    /// <summary>Answers all requests of a type, whichever method they are for.</summary>
    public void On<TRequest, TResponse>(Func<TRequest, TResponse> answer) => _answers[typeof(TRequest)] = answer;

    public BrokerAddress Address { get; private set; } = null!;

    private string Socket => Path.Combine(_folder, "s");

    public static async Task<FakeBroker> StartAsync(bool unix = false, X509Certificate2? certificate = null)
    {
        ListenOptions Tls(ListenOptions listen) => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        });

        var broker = new FakeBroker(certificate is null ? null : Tls, unix);
        await broker._app.StartAsync();
        var listens = broker._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var text = unix ? $"unix:{broker.Socket}" : listens.Replace("https://127.0.0.1", "https://localhost", StringComparison.Ordinal);
        Assert.True(BrokerAddress.TryParse(text, out var address, out _));
        broker.Address = address;
        return broker;
    }

    /// <summary>A refusal as the broker writes it.</summary>
    public static RpcException Refusal(StatusCode code, string reason, params (string Key, string Value)[] trailers)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Details = { Any.Pack(new ErrorInfo { Domain = "credbroker", Reason = reason }) } };
        var metadata = new Metadata { { BrokerRefusal.DetailsTrailer, status.ToByteArray() } };
        foreach (var (key, value) in trailers) metadata.Add(key, value);
        return new RpcException(new Status(code, reason), metadata);
    }

    public IReadOnlyList<Came> CallsOf(string method) => [.. Calls.Where(call => call.Method.EndsWith('/' + method))];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<TResponse> AnswerAsync<TRequest, TResponse>(TRequest request, ServerCallContext context)
        where TRequest : IMessage<TRequest> =>
        Task.FromResult(Answer(request, context, (Func<TRequest, TResponse>)_answers[typeof(TRequest)]));

    private TResponse Answer<TRequest, TResponse>(TRequest request, ServerCallContext context, Func<TRequest, TResponse> answer)
        where TRequest : IMessage<TRequest>
    {
        Note(request, context);
        return answer(request);
    }

    private void Note<TRequest>(TRequest request, ServerCallContext context)
        where TRequest : IMessage<TRequest> =>
        Calls.Enqueue(new(
            context.Method,
            request.Clone(),
            [.. context.RequestHeaders.GetAll("authorization").Select(entry => entry.Value)],
            [.. context.RequestHeaders.GetAll("dpop").Select(entry => entry.Value)],
            context.GetHttpContext().Connection.ClientCertificate?.Thumbprint,
            context.Deadline));

    private sealed class Attesting(FakeBroker broker) : V1.Attestation.AttestationBase
    {
        public override Task<AttestResponse> Attest(AttestRequest request, ServerCallContext context) =>
            Task.FromResult(broker.Answer(request, context, broker.OnAttest));

        public override Task<WhoAmIResponse> WhoAmI(WhoAmIRequest request, ServerCallContext context) =>
            broker.AnswerAsync<WhoAmIRequest, WhoAmIResponse>(request, context);
    }

    private sealed class Minting(FakeBroker broker) : V1.Tokens.TokensBase
    {
        public override Task<MintResponse> Mint(MintRequest request, ServerCallContext context)
        {
            broker.Note(request, context);
            return broker.OnMint(request, context);
        }

        public override Task<IntrospectResponse> Introspect(IntrospectRequest request, ServerCallContext context) =>
            broker.AnswerAsync<IntrospectRequest, IntrospectResponse>(request, context);

        public override Task<AuthorizeResponse> Authorize(AuthorizeRequest request, ServerCallContext context) =>
            broker.AnswerAsync<AuthorizeRequest, AuthorizeResponse>(request, context);

        public override Task<RevokeTokenResponse> Revoke(RevokeTokenRequest request, ServerCallContext context) =>
            broker.AnswerAsync<RevokeTokenRequest, RevokeTokenResponse>(request, context);
    }

    private sealed class Administering(FakeBroker broker) : V1.Admin.AdminBase
    {
        public override Task<ApplyCatalogResponse> ApplyCatalog(ApplyCatalogRequest request, ServerCallContext context) =>
            broker.AnswerAsync<ApplyCatalogRequest, ApplyCatalogResponse>(request, context);

        public override Task<GetCatalogResponse> GetCatalog(GetCatalogRequest request, ServerCallContext context) =>
            broker.AnswerAsync<GetCatalogRequest, GetCatalogResponse>(request, context);

        public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) =>
            broker.AnswerAsync<ListTasksRequest, ListTasksResponse>(request, context);

        public override Task<RevokeResponse> Revoke(RevokeRequest request, ServerCallContext context) =>
            broker.AnswerAsync<RevokeRequest, RevokeResponse>(request, context);

        public override Task<StandingAccessResponse> StandingAccess(StandingAccessRequest request, ServerCallContext context) =>
            broker.AnswerAsync<StandingAccessRequest, StandingAccessResponse>(request, context);

        public override Task<CreateJoinTokenResponse> CreateJoinToken(CreateJoinTokenRequest request, ServerCallContext context) =>
            broker.AnswerAsync<CreateJoinTokenRequest, CreateJoinTokenResponse>(request, context);
    }

    private sealed class Leasing(FakeBroker broker) : V1.Tasks.TasksBase
    {
        public override Task<StartTaskResponse> StartTask(StartTaskRequest request, ServerCallContext context) =>
            Task.FromResult(broker.Answer(request, context, broker.OnStart));

        public override Task<DelegateTaskResponse> DelegateTask(DelegateTaskRequest request, ServerCallContext context) =>
            broker.AnswerAsync<DelegateTaskRequest, DelegateTaskResponse>(request, context);

        public override Task<AcceptTaskResponse> AcceptTask(AcceptTaskRequest request, ServerCallContext context) =>
            broker.AnswerAsync<AcceptTaskRequest, AcceptTaskResponse>(request, context);

        public override Task<HeartbeatResponse> Heartbeat(HeartbeatRequest request, ServerCallContext context) =>
            Task.FromResult(broker.Answer(request, context, broker.OnHeartbeat));

        public override Task<EndTaskResponse> EndTask(EndTaskRequest request, ServerCallContext context) =>
            Task.FromResult(broker.Answer(request, context, broker.OnEnd));

        public override Task<GetTaskResponse> GetTask(GetTaskRequest request, ServerCallContext context) =>
            broker.AnswerAsync<GetTaskRequest, GetTaskResponse>(request, context);

        public override Task<RecordResultResponse> RecordResult(RecordResultRequest request, ServerCallContext context) =>
            broker.AnswerAsync<RecordResultRequest, RecordResultResponse>(request, context);
    }
}

/// <summary>A call as the server saw it.</summary>
public sealed record Came(
    string Method, IMessage Request, IReadOnlyList<string> Authorization, IReadOnlyList<string> Proofs, string? Certificate, DateTime Deadline);
