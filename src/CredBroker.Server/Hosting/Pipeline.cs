using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Attestation;
using CredBroker.Server.Ledger;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Hosting;

/// <summary>
/// What every RPC passes, in this order: its row, the state of the replica, who calls, whether that caller may, how often, and how
/// long it may take. Here, and nowhere else, exceptions become statuses.
/// </summary>
internal sealed class Pipeline(
    BrokerOptions options, Authentication authentication, Denials denials, CallRates rates, CallBounds bounds, DatabaseWatch database,
    Readiness readiness, TimeProvider clock, ILogger<Pipeline> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var passage = Enter(context);
        try
        {
            await OpenAsync(passage, context);
            return await continuation(request, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw passage.Fail(AnswerTo(exception, context));
        }
        catch (RpcException refused)
        {
            passage.Fail(refused);
            throw;
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        StreamAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        StreamAsync(context, () => continuation(requestStream, responseStream, context));

    // No row allows one: the table lists only what was thought through.
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        throw NoRow(context);

    private async Task StreamAsync(ServerCallContext context, Func<Task> stream)
    {
        using var passage = Enter(context);
        try
        {
            await OpenAsync(passage, context);
            await stream();
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw passage.Fail(AnswerTo(exception, context));
        }
        catch (RpcException refused)
        {
            passage.Fail(refused);
            throw;
        }
    }

    private Passage Enter(ServerCallContext context) =>
        new(RpcTable.Find(context.Method) ?? throw NoRow(context), clock, Telemetry.Activities.StartActivity(context.Method, ActivityKind.Server));

    private async ValueTask OpenAsync(Passage passage, ServerCallContext context)
    {
        var row = passage.Row;
        if (row.NeedsDatabase && readiness.IsDraining) throw StatusMap.Of(new(Reason.ShuttingDown), null, mayKnow: false);
        if (row.NeedsDatabase && database.IsAway) throw StatusMap.Of(new(Reason.DatabaseAway), null, mayKnow: false);

        var ct = row.Brief ? bounds.Next() : row.Bounded ? passage.Bound(context, options.CallTimeout) : context.CancellationToken;
        var http = context.GetHttpContext();
        var caller = Caller.Anonymous;
        if (row.MayCall != Callers.Anyone)
        {
            switch (await authentication.OfAsync(http, context.Method, ct))
            {
                case Authenticated.As known:
                    caller = known.Caller;
                    break;
                case Authenticated.Refused refused:
                    if (refused.Nonce is { } nonce) context.ResponseTrailers.Add("dpop-nonce", nonce);
                    throw StatusMap.Of(refused.Refusal, null, mayKnow: false);
            }

            if ((row.MayCall & KindsOf(caller)) == 0) throw await denials.DenyAsync(caller, row, ct);
        }

        if (row.NeedsDatabase && rates.Take(RateKeyOf(caller, http), caller.CallsPerSecond ?? options.CallsPerSecond) is { } retryAfter)
        {
            var limit = $"at most {caller.CallsPerSecond ?? options.CallsPerSecond} calls per second";
            throw StatusMap.Of(new(Reason.RateLimited, Detail: limit), null, mayKnow: true, retryAfter);
        }

        http.Features.Set(new Call(row, caller, ct));
    }

    private RpcException AnswerTo(Exception exception, ServerCallContext context)
    {
        if (DatabaseFailure.Is(exception))
        {
            database.Suspect();
            log.DatabaseFailed(context.Method, exception);
            return StatusMap.Of(new(Reason.DatabaseAway), null, mayKnow: false);
        }

        if (exception is OperationCanceledException)
        {
            // The caller's own deadline or departure is answered by the gRPC layer; what is left is our own bound.
            return context.CancellationToken.IsCancellationRequested
                ? new RpcException(new Status(StatusCode.Cancelled, "cancelled"))
                : StatusMap.Of(new(Reason.DatabaseAway, Detail: "not answered in time"), null, mayKnow: false);
        }

        if (exception is LedgerOverloadedException)
        {
            return StatusMap.Of(
                new(Reason.Overloaded, Detail: "too many calls wait for the database"), null, mayKnow: false, TimeSpan.FromSeconds(1));
        }

        var correlationId = Guid.CreateVersion7(clock.GetUtcNow());
        log.Unexpected(context.Method, correlationId, exception);
        return StatusMap.Internal(correlationId);
    }

    private static Callers KindsOf(Caller caller)
    {
        var kinds = Callers.Nobody;
        if (caller.Workload is not null) kinds |= Callers.Workload;
        if (caller.Serves.Count > 0) kinds |= Callers.Backend;
        if (caller.Roles.HasFlag(AdminRoles.Viewer)) kinds |= Callers.Viewer;
        if (caller.Roles.HasFlag(AdminRoles.Operator)) kinds |= Callers.Operator;
        if (caller.Roles.HasFlag(AdminRoles.PolicyAdmin)) kinds |= Callers.PolicyAdmin;
        if (caller.Roles.HasFlag(AdminRoles.Approver)) kinds |= Callers.Approver;
        return kinds;
    }

    private static string RateKeyOf(Caller caller, HttpContext http) =>
        !ReferenceEquals(caller, Caller.Anonymous) ? caller.Name
        : UnixPeer.Of(http) is { } peer ? $"from:uid:{peer.Uid}"
        : $"from:{http.Connection.RemoteIpAddress?.ToString() ?? "unix"}";

    private static RpcException NoRow(ServerCallContext context) =>
        new(new Status(StatusCode.Unimplemented, $"{context.Method} is not in the table of RPCs"));
}
