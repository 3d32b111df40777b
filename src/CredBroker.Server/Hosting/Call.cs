using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Identity;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace CredBroker.Server.Hosting;

/// <summary>What the pipeline knows of the call under way: kept with the HTTP request, read by the services.</summary>
/// <param name="Row">The RPC's row.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Ct">Cancelled when the caller goes away, at its deadline, or at the broker's own bound.</param>
internal sealed record Call(RpcRow Row, Caller Caller, CancellationToken Ct)
{
    private static Call Of(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Call>() ?? throw new InvalidOperationException($"{context.Method} did not pass the pipeline.");

    /// <summary>Runs a slice for the call of a context: its proto answer, or the refusal as this caller may see it.</summary>
    /// <exception cref="RpcException">The slice refused.</exception>
    public static async Task<TResponse> AnswerAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest request, Func<TRequest, Caller, CancellationToken, Task<Reply<TResponse>>> slice)
    {
        var call = Of(context);
        return await slice(request, call.Caller, call.Ct) switch
        {
            Reply<TResponse>.Answered answered => answered.Value,
            Reply<TResponse>.Refused refused => throw call.Fail(refused),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Runs a slice that sends messages until it is done: then the stream ends, with its refusal if there is one.</summary>
    /// <exception cref="RpcException">The slice refused.</exception>
    public static async Task StreamAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest request, IServerStreamWriter<TResponse> stream,
        Func<TRequest, Caller, Func<TResponse, Task>, CancellationToken, Task<Reply<Empty>>> slice)
    {
        var call = Of(context);
        if (await slice(request, call.Caller, message => stream.WriteAsync(message, call.Ct), call.Ct) is Reply<Empty>.Refused refused)
            throw call.Fail(refused);
    }

    private RpcException Fail<T>(Reply<T>.Refused refused) =>
        StatusMap.Of(refused.Refusal, refused.DecisionId, MayKnow, refused.RetryAfter, refused.Approval);

    // An administrator who calls what workloads call is answered as a workload: the answers there are uniform whoever asks.
    private bool MayKnow => Caller.Admin is not null && (Row.MayCall & (Callers.Workload | Callers.Backend)) == 0;
}
