using Google.Protobuf;
using Grpc.Core;
using Grpc.Tests.Echo;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Tests.Serving;

/// <summary>Answers, and goes wrong in the way that the request's behaviour names.</summary>
public sealed class EchoService(CallLog log) : Echo.Echo.EchoBase
{
    public override async Task<EchoReply> Say(EchoRequest request, ServerCallContext context)
    {
        using var live = log.Live.Enter(context.GetHttpContext());
        await BehaveAsync(request, context);
        return TryTell(request, context) ?? Reply(request, 0);
    }

    public override async Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        using var live = log.Live.Enter(context.GetHttpContext());
        var texts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await BehaveAsync(request, context);
            if (request.Behaviour == "answer early") break;
            texts.Add(request.Text);
        }

        return new EchoReply { Text = string.Join('|', texts), Number = texts.Count };
    }

    public override async Task Repeat(EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        using var live = log.Live.Enter(context.GetHttpContext());
        try
        {
            for (var i = 0; i < request.Count; i++) await responseStream.WriteAsync(Reply(request, i));
            await BehaveAsync(request, context);
        }
        catch (OperationCanceledException)
        {
            log.Add(context.CancellationToken.IsCancellationRequested ? "cancelled, token set" : "cancelled, token not set");
            throw;
        }
    }

    public override async Task Chat(
        IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        using var live = log.Live.Enter(context.GetHttpContext());
        var number = 0;
        var kept = new List<EchoReply>();
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await BehaveAsync(request, context);
            if (request.Behaviour == "answer at the end") kept.Add(Reply(request, number++));
            else await responseStream.WriteAsync(Reply(request, number++));
        }

        foreach (var reply in kept) await responseStream.WriteAsync(reply);
    }

    /// <summary>What only the server knows; null when the request asks for nothing of it.</summary>
    private EchoReply? TryTell(EchoRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        switch (request.Behaviour)
        {
            case "connection":
                return new EchoReply { Text = http.Connection.Id };
            case "live":
                var (calls, connections) = log.Live.Labelled(request.Text);
                return new EchoReply { Number = calls, Text = $"{connections}" };
            case "pings":
                return new EchoReply { Number = http.RequestServices.GetRequiredService<FrameLog>().ReceivedOf("PING") };
            case "drain":
                // GOAWAY: what runs goes on, what comes needs another connection.
                http.Connection.RequestClose();
                return new EchoReply { Text = http.Connection.Id };
            default:
                return null;
        }
    }

    private async Task BehaveAsync(EchoRequest request, ServerCallContext context)
    {
        switch (request.Behaviour)
        {
            case "refuse":
                throw new RpcException(new Status(StatusCode.NotFound, request.Text), new Metadata { { "why", "told" }, { "why-bin", [0, 1, 255] } });
            case "refuse in detail":
                throw new RpcException(
                    new Status(StatusCode.FailedPrecondition, request.Text), new Metadata { { "grpc-status-details-bin", request.Payload.ToByteArray() } });
            case "crash":
                throw new InvalidOperationException("the secret of the server");
            case "status":
                context.Status = new Status(StatusCode.Aborted, request.Text);
                break;
            case "metadata":
                await context.WriteResponseHeadersAsync(EchoOf(context.RequestHeaders, "header-"));
                foreach (var entry in EchoOf(context.RequestHeaders, "trailer-")) context.ResponseTrailers.Add(entry);
                break;
            case "wait":
                log.Add("waiting");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken).ContinueWith(
                    wait => log.Add(wait.IsCanceled ? "cancelled" : "not cancelled"), TaskScheduler.Default);
                context.CancellationToken.ThrowIfCancellationRequested();
                break;
            case "ignore the token":
                log.Add("waiting");
                await log.Released.Task;
                log.Add("handler returned");
                break;
            case "forward":
                using (var channel = Net.Client.GrpcChannel.ForAddress($"http://{context.Host}"))
                {
                    var options = new CallOptions(propagationToken: context.CreatePropagationToken());
                    var call = new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest { Behaviour = request.Text }, options);
                    await call;
                    foreach (var entry in call.GetTrailers()) context.ResponseTrailers.Add(entry);
                }

                break;
            case "deadline":
                context.ResponseTrailers.Add("deadline", context.Deadline.ToString("O"));
                break;
            case "peer":
                context.ResponseTrailers.Add("peer", context.Peer);
                context.ResponseTrailers.Add("authority", context.Host);
                context.ResponseTrailers.Add("path", context.GetHttpContext().Request.Path);
                context.ResponseTrailers.Add("user-state", context.UserState.TryGetValue("seen", out var seen) ? $"{seen}" : "none");
                break;
        }
    }

    private static Metadata EchoOf(Metadata headers, string prefix)
    {
        var echo = new Metadata();
        foreach (var entry in headers.Where(entry => entry.Key.StartsWith("echo", StringComparison.Ordinal)))
        {
            if (entry.IsBinary) echo.Add(prefix + entry.Key, entry.ValueBytes);
            else echo.Add(prefix + entry.Key, entry.Value);
        }

        return echo;
    }

    private static EchoReply Reply(EchoRequest request, int number) =>
        new() { Text = request.Text, Number = number, Payload = ByteString.CopyFrom(new byte[request.Padding]) };
}
