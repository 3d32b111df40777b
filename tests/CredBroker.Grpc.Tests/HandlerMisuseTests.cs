using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Tests;

/// <summary>Handlers and marshallers that break the contract harm their own call and nothing else.</summary>
public sealed class HandlerMisuseTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private GrpcChannel _channel = null!;
    private CallInvoker _invoker = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(map: app => app.MapGrpcService<OddService>());
        _channel = _server.Channel();
        _invoker = _channel.CreateCallInvoker();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_marshaller_need_not_know_the_length() => Assert.Equal("hello", await SayAsync("Streamed", "hello"));

    [Theory]
    [InlineData("Streamed", "torn by exception", StatusCode.Internal)]
    [InlineData("Streamed", "torn by length", StatusCode.Internal)]
    [InlineData("Streamed", "never completed", StatusCode.Unknown)]
    [InlineData("Null", "x", StatusCode.Internal)]
    [InlineData("HeadersTwice", "x", StatusCode.Unknown)]
    [InlineData("BadHeader", "x", StatusCode.Unknown)]
    [InlineData("BadTrailer", "x", StatusCode.Internal)]
    public async Task Broken_contracts_end_the_call(string method, string text, StatusCode expected)
    {
        Assert.Equal(expected, (await Served.FailureOfAsync(() => SayAsync(method, text))).StatusCode);
        Assert.Equal("fine", await SayAsync("Streamed", "fine"));
    }

    [Fact]
    public async Task Trailers_with_reserved_names_are_not_sent()
    {
        var call = _invoker.AsyncUnaryCall(OddService.Call("ReservedTrailers"), null, default, "hello");
        Assert.Equal("hello", await call);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task Only_one_write_can_be_pending()
    {
        using var call = Stream("WriteTwiceAtOnce");
        await _server.Log.WaitForAsync("tried");
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("InvalidOperationException", call.ResponseStream.Current);
    }

    [Fact]
    public async Task A_writer_is_dead_once_its_handler_returned()
    {
        using var call = Stream("KeepWriter");
        Assert.False(await call.ResponseStream.MoveNext());
        await Assert.ThrowsAsync<InvalidOperationException>(() => OddService.Kept!.WriteAsync("late"));
    }

    [Fact]
    public async Task Giving_up_on_a_write_ends_the_call()
    {
        using var call = Stream("GiveUp");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var failure = await Served.FailureOfAsync(async () =>
        {
            while (await call.ResponseStream.MoveNext()) Assert.Equal(100_000, call.ResponseStream.Current.Length);
        });
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Hinted_messages_all_arrive()
    {
        using var call = Stream("Hinted");
        var texts = new List<string>();
        await foreach (var text in call.ResponseStream.ReadAllAsync()) texts.Add(text);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), texts);
    }

    [Fact]
    public async Task A_caller_without_certificate_is_not_authenticated() =>
        Assert.Equal("/odd.Odd/Details|False||", await SayAsync("Details", "x"));

    [Fact]
    public async Task A_type_that_is_no_service_cannot_be_mapped() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(map: app => app.MapGrpcService<CallLog>()));

    [Fact]
    public async Task Mapping_needs_the_registration()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Throws<InvalidOperationException>(() => app.MapGrpcService<EchoService>());
    }

    [Fact]
    public async Task An_unknown_compression_is_refused_at_start() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => TestServer.StartAsync(options => options.ResponseCompressionAlgorithm = "br"));

    [Fact]
    public async Task Unknown_services_may_be_left_to_other_endpoints()
    {
        await using var server = await TestServer.StartAsync(options => options.IgnoreUnknownServices = true);
        var answer = await RawCall.PostAsync(server.Http2, "/missing.Service/Say", RawCall.Frame(new EchoRequest()));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.HttpStatus);
    }

    [Fact]
    public async Task A_registered_service_is_used_as_it_is()
    {
        var log = new CallLog();
        await using var server = await TestServer.StartAsync(services: services => services.AddSingleton(new EchoService(log)));
        using var channel = server.Channel();
        var call = new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest { Behaviour = "wait" });
        await log.WaitForAsync("waiting");
        call.Dispose();
        await log.WaitForAsync("cancelled");
    }

    private async Task<string> SayAsync(string method, string text) =>
        await _invoker.AsyncUnaryCall(OddService.Call(method), null, default, text);

    private AsyncServerStreamingCall<string> Stream(string method) =>
        _invoker.AsyncServerStreamingCall(OddService.Call(method, MethodType.ServerStreaming), null, default, "x");
}
