using System.Net;
using System.Net.Sockets;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>A server over a bare socket that answers each whole request as a test wants it answered.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;

    public RawServer(Func<RawConnection, int, Task> answer)
    {
        Answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Given the connection and the stream of a request that came whole.</summary>
    public Func<RawConnection, int, Task> Answer { get; set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>As a server should: the text "hello".</summary>
    public static Task AnswerWellAsync(RawConnection connection, int stream) => connection.SendAsync(
        RawFrame.Headers(stream, Hpack.Encode((":status", "200"), ("content-type", "application/grpc"))),
        RawFrame.Data(stream, RawCall.Frame(new EchoReply { Text = "hello" }), isLast: false),
        RawFrame.Headers(stream, Hpack.Encode(("grpc-status", "0")), FrameFlags.EndHeaders | FrameFlags.EndStream));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
        await Task.WhenAll(_serving);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            // As it should be.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        try
        {
            await using var connection = await RawConnection.AcceptAsync(accepted);
            while (true)
            {
                var stream = 0;
                await connection.PassAsync(1, frame =>
                {
                    stream = frame.Stream;
                    return frame is { Type: FrameType.Headers or FrameType.Data } && frame.Has(FrameFlags.EndStream);
                });
                await Answer(connection, stream);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or Xunit.Sdk.XunitException)
        {
            // The client left, or the test had the connection closed.
        }
    }
}
