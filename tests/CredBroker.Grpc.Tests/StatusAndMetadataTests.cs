using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class StatusAndMetadataTests : IAsyncLifetime
{
    private Served _served = null!;

    public async ValueTask InitializeAsync() => _served = await Served.StartAsync();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Theory]
    [InlineData("plain")]
    [InlineData("two\r\nlines")]
    [InlineData("100 % sure; %41 stays")]
    [InlineData("Grüße \U0001F600 日本")]
    [InlineData(" leading and trailing ")]
    [InlineData("")]
    public async Task A_refusal_arrives_with_its_text_and_trailers(string detail)
    {
        var call = _served.Client.SayAsync(new EchoRequest { Text = detail, Behaviour = "refuse" });
        var failure = await Served.FailureOfAsync(() => call.ResponseAsync);
        Assert.Equal((StatusCode.NotFound, detail), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("told", failure.Trailers.GetValue("why"));
        Assert.Equal([0, 1, 255], failure.Trailers.GetValueBytes("why-bin")!);
        Assert.Equal(failure.Status.StatusCode, call.GetStatus().StatusCode);
        Assert.Equal("told", call.GetTrailers().GetValue("why"));
    }

    [Fact]
    public async Task A_refusal_before_any_message_has_only_trailers()
    {
        var answer = await RawCall.SayAsync(_served.Server, RawCall.Frame(new EchoRequest { Text = "é\n", Behaviour = "refuse" }));
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal("%C3%A9%0A", answer.Detail);
        Assert.Equal("AAH/", answer.Headers["why-bin"]);
    }

    [Fact]
    public async Task A_refusal_behind_messages_comes_after_them()
    {
        using var call = _served.Client.Repeat(new EchoRequest { Count = 3, Behaviour = "refuse", Text = "enough" });
        for (var i = 0; i < 3; i++) Assert.True(await call.ResponseStream.MoveNext());
        var failure = await Served.FailureOfAsync(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.NotFound, "enough", "told"), (failure.StatusCode, failure.Status.Detail, failure.Trailers.GetValue("why")));
    }

    [Fact]
    public async Task A_text_too_long_for_a_header_is_cut_between_characters()
    {
        var failure = await Served.FailureOfAsync(() => _served.Client.SayAsync(
            new EchoRequest { Text = new string('é', 100_000), Behaviour = "refuse" }).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, new string('é', 682)), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task A_status_that_the_handler_sets_ends_the_call_without_a_message()
    {
        var answer = await RawCall.SayAsync(_served.Server, RawCall.Frame(new EchoRequest { Text = "no", Behaviour = "status" }));
        Assert.Equal((StatusCode.Aborted, "no", true), (answer.Status, answer.Detail, answer.IsTrailersOnly));
    }

    [Fact]
    public async Task An_unexpected_exception_is_unknown_and_its_text_stays_in_the_log()
    {
        var answer = await RawCall.SayAsync(_served.Server, RawCall.Frame(new EchoRequest { Behaviour = "crash" }));
        Assert.Equal((StatusCode.Unknown, "The handler failed."), (answer.Status, answer.Detail));
        Assert.Contains(_served.Server.Lines.All, line => line.StartsWith("Error 7000", StringComparison.Ordinal) && line.Contains("the secret of the server"));
    }

    [Fact]
    public async Task Detailed_errors_tell_the_text_when_switched_on()
    {
        await using var served = await Served.StartAsync(options => options.EnableDetailedErrors = true);
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Behaviour = "crash" }).ResponseAsync);
        Assert.Equal("InvalidOperationException: the secret of the server", failure.Status.Detail);
    }

    [Fact]
    public async Task Metadata_go_there_and_back_in_headers_and_trailers()
    {
        var headers = new Metadata
        {
            { "echo", "one" }, { "echo", "two" }, { "echo-bin", [] }, { "echo-bin", [1, 2, 3, 4] }, { "echo-bin", [255] },
        };
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "metadata" }, headers);
        await call;
        foreach (var (echoed, prefix) in new[] { (await call.ResponseHeadersAsync, "header-"), (call.GetTrailers(), "trailer-") })
        {
            // HttpClient joins repeated text headers, as HTTP allows; -bin headers are taken apart again.
            Assert.Equal("one, two", Assert.Single(echoed.GetAll(prefix + "echo")).Value);
            Assert.Equal([[], [1, 2, 3, 4], [255]], echoed.GetAll(prefix + "echo-bin").Select(entry => entry.ValueBytes));
        }
    }

    [Fact]
    public async Task Repeated_bin_headers_may_be_joined_by_commas_with_or_without_padding()
    {
        var answer = await RawCall.SayAsync(
            _served.Server, RawCall.Frame(new EchoRequest { Behaviour = "metadata" }), ("echo-bin", "AQ==,AgM, BAUG"), ("echo-bin", "/w"));
        Assert.Equal("AQ,AgM,BAUG,/w", answer.Headers["header-echo-bin"].Replace(" & ", ",", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("A?==")]
    [InlineData("AQ==,!")]
    public async Task A_bin_header_that_is_not_base64_is_internal(string value)
    {
        var answer = await RawCall.SayAsync(
            _served.Server, RawCall.Frame(new EchoRequest { Behaviour = "metadata" }), ("echo-bin", value));
        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task Protocol_headers_are_not_metadata()
    {
        var headers = new Metadata { { "grpc-status", "7" }, { "te", "x" }, { "grpc-timeout", "0n" }, { "content-type", "text/plain" } };
        Assert.Equal("hello", (await _served.Client.SayAsync(new EchoRequest { Text = "hello" }, headers)).Text);
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_fails_the_call_before_it_is_made()
    {
        var failure = await Served.FailureOfAsync(() => _served.Client.SayAsync(new EchoRequest(), new Metadata { { "echo", "line\nbreak" } }).ResponseAsync);
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Fact]
    public async Task Status_details_pass_as_a_trailer()
    {
        await using var served = await Served.StartAsync(options => options.Interceptors.Add<DetailsInterceptor>());
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal([8, 3], failure.Trailers.GetValueBytes("grpc-status-details-bin")!);
    }

    public sealed class DetailsInterceptor : Core.Interceptors.Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.InvalidArgument, "x"), new Metadata { { "grpc-status-details-bin", [8, 3] } });
    }
}
