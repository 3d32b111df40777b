using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.Tests;

/// <summary>What the client makes of servers that are away, or are not gRPC.</summary>
public sealed class ClientFailureTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public async Task An_http_status_without_a_grpc_status_is_mapped(int http, StatusCode expected) =>
        Assert.Equal(expected, (await CallAsync(context => context.Response.StatusCode = http)).StatusCode);

    [Fact]
    public async Task A_grpc_status_outweighs_the_http_status()
    {
        var failure = await CallAsync(context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.GrpcStatus = "7";
            context.Response.Headers.GrpcMessage = "no%20entry";
        });
        Assert.Equal((StatusCode.PermissionDenied, "no entry"), (failure.StatusCode, failure.Status.Detail));
    }

    [Theory]
    [InlineData("no content type", StatusCode.Unknown)]
    [InlineData("web page", StatusCode.Unknown)]
    [InlineData("no status", StatusCode.Unknown)]
    [InlineData("status 99", StatusCode.Unknown)]
    [InlineData("status abc", StatusCode.Unknown)]
    [InlineData("no message", StatusCode.Internal)]
    [InlineData("two messages", StatusCode.Internal)]
    [InlineData("half a message", StatusCode.Internal)]
    [InlineData("bad flag", StatusCode.Internal)]
    [InlineData("bad protobuf", StatusCode.Internal)]
    [InlineData("unknown encoding", StatusCode.Internal)]
    [InlineData("bad gzip", StatusCode.Internal)]
    [InlineData("bad metadata", StatusCode.Internal)]
    [InlineData("bad trailer", StatusCode.Internal)]
    [InlineData("reset: refused", StatusCode.Unavailable)]
    [InlineData("reset: cancel", StatusCode.Cancelled)]
    [InlineData("reset: calm", StatusCode.ResourceExhausted)]
    [InlineData("reset: internal", StatusCode.Internal)]
    public async Task A_broken_answer_is_a_failure(string what, StatusCode expected)
    {
        var failure = await CallAsync(context =>
        {
            var response = context.Response;
            if (what.StartsWith("reset", StringComparison.Ordinal))
            {
                var code = what switch { "reset: refused" => 7, "reset: cancel" => 8, "reset: calm" => 11, _ => 2 };
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
                return;
            }

            response.ContentType = what switch { "no content type" => null, "web page" => "text/html", _ => "application/grpc" };
            if (what == "unknown encoding") response.Headers.GrpcEncoding = "br";
            if (what == "bad gzip") response.Headers.GrpcEncoding = "gzip";
            if (what == "bad metadata") response.Headers["x-bin"] = "?";
            if (what == "bad trailer") response.AppendTrailer("x-bin", "?");
            if (what != "no status") response.AppendTrailer("grpc-status", what switch { "status 99" => "99", "status abc" => "abc", _ => "0" });
            var good = RawCall.Frame(new EchoReply { Text = "x" });
            byte[] body = what switch
            {
                "no message" => [],
                "two messages" => [.. good, .. good],
                "half a message" => good[..^1],
                "bad flag" => [7, .. good[1..]],
                "bad protobuf" => RawCall.Frame([0x0a, 0xff]),
                "bad gzip" => RawCall.Frame([1, 2, 3], flag: 1),
                _ => good,
            };
            System.Buffers.BuffersExtensions.Write(response.BodyWriter, body);
        });
        Assert.Equal(expected, failure.StatusCode);
    }

    [Fact]
    public async Task A_server_that_is_away_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress(FreeAddress());
        var failure = await Served.FailureOfAsync(() => new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_socket_that_is_away_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocketHttpHandler.Create("/tmp/no-such-socket"), DisposeHttpClient = true });
        var failure = await Served.FailureOfAsync(() => new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_server_without_http2_is_a_failure_of_the_setup()
    {
        await using var server = await TestServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Http1);
        var failure = await Served.FailureOfAsync(() => new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Contains(failure.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
    }

    [Fact]
    public async Task Wait_for_ready_waits_for_the_server_up_to_the_deadline()
    {
        var folder = Directory.CreateTempSubdirectory("grpc").FullName;
        using var channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocketHttpHandler.Create(Path.Combine(folder, "s")), DisposeHttpClient = true });
        var client = new Echo.Echo.EchoClient(channel);
        var options = new CallOptions().WithWaitForReady();
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(0.3);
        var failure = await Served.FailureOfAsync(() => client.SayAsync(new EchoRequest(), options.WithDeadline(soon)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);

        var call = client.SayAsync(new EchoRequest { Text = "at last" }, options);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await using var server = await TestServer.StartAsync(folder: folder);
        Assert.Equal("at last", (await call).Text);
    }

    [Fact]
    public async Task Call_credentials_go_with_each_call_and_only_over_channels_that_allow_it()
    {
        await using var served = await Served.StartAsync(channel: new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
        var credentials = CallCredentials.FromInterceptor((context, metadata) =>
        {
            metadata.Add("echo", $"{context.ServiceUrl} {context.MethodName}");
            return Task.CompletedTask;
        });
        var options = new CallOptions(credentials: credentials);
        var call = served.Client.SayAsync(new EchoRequest { Behaviour = "metadata" }, options);
        await call;
        Assert.Equal($"http://{served.Server.Http2.Authority}/echo.Echo Say", (await call.ResponseHeadersAsync).GetValue("header-echo"));

        using var strict = served.Server.Channel();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await new Echo.Echo.EchoClient(strict).SayAsync(new EchoRequest(), options));
    }

    [Fact]
    public void Credentials_must_fit_the_address()
    {
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress("http://x", new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress("https://x", new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }));
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("unix:/tmp/x"));
    }

    private static async Task<RpcException> CallAsync(Action<HttpContext> answer)
    {
        await using var server = await TestServer.StartAsync(map: app => app.MapPost("/echo.Half/Say", context =>
        {
            answer(context);
            return Task.CompletedTask;
        }));
        using var channel = server.Channel();
        return await Served.FailureOfAsync(() => new Echo.Half.HalfClient(channel).SayAsync(new EchoRequest()).ResponseAsync);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
