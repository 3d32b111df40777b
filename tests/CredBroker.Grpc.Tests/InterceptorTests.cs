using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Server_interceptors_run_around_all_four_kinds_the_first_one_outermost()
    {
        await using var served = await Served.StartAsync(options =>
        {
            options.Interceptors.Add<Noting>("outer");
            options.Interceptors.Add<Noting>("inner");
        });

        await served.Client.SayAsync(new EchoRequest());
        using (var collect = served.Client.Collect())
        {
            await collect.RequestStream.CompleteAsync();
            await collect;
        }

        using (var repeat = served.Client.Repeat(new EchoRequest())) Assert.False(await repeat.ResponseStream.MoveNext());
        using (var chat = served.Client.Chat())
        {
            await chat.RequestStream.CompleteAsync();
            Assert.False(await chat.ResponseStream.MoveNext());
        }

        Assert.Equal(
            ["outer Unary", "inner Unary", "outer ClientStreaming", "inner ClientStreaming",
                "outer ServerStreaming", "inner ServerStreaming", "outer DuplexStreaming", "inner DuplexStreaming"],
            served.Server.Log.Entries);
    }

    [Fact]
    public async Task User_state_is_shared_by_interceptors_and_handler_of_one_call_only()
    {
        await using var served = await Served.StartAsync(options => options.Interceptors.Add<Stamping>());
        foreach (var text in new[] { "a", "b" })
        {
            var call = served.Client.SayAsync(new EchoRequest { Text = text, Behaviour = "peer" });
            await call;
            Assert.Equal(text, call.GetTrailers().GetValue("user-state"));
        }
    }

    [Fact]
    public async Task An_interceptor_may_refuse_before_the_handler_runs()
    {
        await using var served = await Served.StartAsync(options => options.Interceptors.Add<Refusing>());
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Behaviour = "wait" }).ResponseAsync);
        Assert.Equal((StatusCode.Unauthenticated, "/echo.Echo/Say"), (failure.StatusCode, failure.Status.Detail));
        Assert.Empty(served.Server.Log.Entries);
    }

    [Fact]
    public async Task Client_interceptors_see_the_call_and_may_change_it()
    {
        await using var served = await Served.StartAsync();
        var client = new Echo.Echo.EchoClient(served.Channel.Intercept(new Adding("echo", "one"), new Adding("echo-bin", "two")));
        var call = client.SayAsync(new EchoRequest { Behaviour = "metadata" });
        await call;
        Assert.Equal("one", (await call.ResponseHeadersAsync).GetValue("header-echo"));
        Assert.Equal("two"u8.ToArray(), call.GetTrailers().GetValueBytes("trailer-echo-bin"));
        Assert.Equal("x", client.Say(new EchoRequest { Text = "x" }).Text);
    }

    [Fact]
    public async Task A_client_with_another_host_says_so()
    {
        await using var served = await Served.StartAsync();
        var call = served.Client.WithHost("other.example").SayAsync(new EchoRequest { Behaviour = "peer" });
        await call;
        Assert.Equal("other.example", call.GetTrailers().GetValue("authority"));
    }

    public sealed class Noting(CallLog log, string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            log.Add($"{name} Unary");
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add($"{name} ClientStreaming");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add($"{name} ServerStreaming");
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add($"{name} DuplexStreaming");
            return continuation(requestStream, responseStream, context);
        }
    }

    public sealed class Stamping : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Assert.DoesNotContain("seen", context.UserState.Keys);
            context.UserState["seen"] = (request as EchoRequest)!.Text;
            return continuation(request, context);
        }
    }

    public sealed class Refusing : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, context.Method));
    }

    private sealed class Adding(string key, string value) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, Added(context));

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, Added(context));

        private ClientInterceptorContext<TRequest, TResponse> Added<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class
        {
            var headers = context.Options.Headers ?? [];
            if (key.EndsWith("-bin", StringComparison.Ordinal)) headers.Add(key, System.Text.Encoding.UTF8.GetBytes(value));
            else headers.Add(key, value);
            return new(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }
}
