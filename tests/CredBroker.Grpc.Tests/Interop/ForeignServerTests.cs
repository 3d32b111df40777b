using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Interop;

/// <summary>Our client against a server that we did not write: grpcio, which compresses its responses.</summary>
public sealed class ForeignServerTests : IAsyncLifetime
{
    private readonly string _descriptors = Path.GetTempFileName();
    private Process? _process;
    private GrpcChannel? _channel;

    private Echo.Echo.EchoClient Client => new(_channel!);

    public async ValueTask InitializeAsync()
    {
        if (await ForeignProcess.WhyNoPythonAsync() is not null) return;
        await File.WriteAllBytesAsync(_descriptors, ForeignProcess.DescriptorSet());
        _process = ForeignProcess.Start(ForeignProcess.Python, ["python/echo_server.py", _descriptors]);
        var port = await _process.StandardOutput.ReadLineAsync();
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        File.Delete(_descriptors);
    }

    [Fact]
    public async Task Unary_calls_answer()
    {
        SkipWithoutServer();
        var reply = await Client.SayAsync(new EchoRequest { Text = "hello", Padding = 100_000 });
        Assert.Equal(("hello", 100_000), (reply.Text, reply.Payload.Length));
    }

    [Fact]
    public async Task Streams_of_all_kinds_run_to_their_end()
    {
        SkipWithoutServer();
        using var repeat = Client.Repeat(new EchoRequest { Count = 200, Padding = 1000 });
        var count = 0;
        await foreach (var reply in repeat.ResponseStream.ReadAllAsync()) Assert.Equal(count++, reply.Number);
        Assert.Equal(200, count);

        using var collect = Client.Collect();
        foreach (var text in new[] { "a", "b" }) await collect.RequestStream.WriteAsync(new EchoRequest { Text = text });
        await collect.RequestStream.CompleteAsync();
        Assert.Equal("a|b", (await collect).Text);

        using var chat = Client.Chat();
        for (var i = 0; i < 20; i++)
        {
            await chat.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await chat.ResponseStream.MoveNext());
            Assert.Equal((i, $"{i}"), (chat.ResponseStream.Current.Number, chat.ResponseStream.Current.Text));
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Refusals_arrive_with_text_and_trailers()
    {
        SkipWithoutServer();
        const string detail = "no: 100 % \u00e9\n\U0001F600";
        var failure = await Served.FailureOfAsync(() => Client.SayAsync(new EchoRequest { Text = detail, Behaviour = "refuse" }).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, detail), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("told", failure.Trailers.GetValue("why"));
        Assert.Equal([[0, 1, 255], [2]], failure.Trailers.GetAll("why-bin").Select(entry => entry.ValueBytes));
    }

    [Fact]
    public async Task Metadata_go_there_and_back()
    {
        SkipWithoutServer();

        // One value a key: HttpClient joins repeated headers, and grpcio does not take -bin headers apart again.
        var call = Client.SayAsync(new EchoRequest { Behaviour = "metadata" }, new Metadata { { "echo", "one" }, { "echo-bin", [1, 2] } });
        await call;
        Assert.Equal("one", (await call.ResponseHeadersAsync).GetValue("header-echo"));
        Assert.Equal([[1, 2]], call.GetTrailers().GetAll("trailer-echo-bin").Select(entry => entry.ValueBytes));
    }

    [Fact]
    public async Task Deadlines_and_unknown_methods_have_their_statuses()
    {
        SkipWithoutServer();
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(0.2);
        var late = await Served.FailureOfAsync(() => Client.SayAsync(new EchoRequest { Behaviour = "wait" }, deadline: soon).ResponseAsync);
        var unknown = await Served.FailureOfAsync(() => new Echo.Half.HalfClient(_channel!).SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal((StatusCode.DeadlineExceeded, StatusCode.Unimplemented), (late.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task Requests_may_be_compressed()
    {
        SkipWithoutServer();
        var gzip = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        Assert.Equal(50_000, (await Client.SayAsync(new EchoRequest { Text = new string('x', 50_000) }, gzip)).Text.Length);
    }

    private void SkipWithoutServer() => Assert.SkipWhen(_process is null, "python3-grpcio is not installed");
}
