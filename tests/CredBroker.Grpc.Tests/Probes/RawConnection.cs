using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Grpc.Tests.Probes;

/// <summary>
/// A client of HTTP/2 that keeps no rule by itself: it sends what it is told, and reads only when asked. Every wait has an end, after
/// which the server is said to have neither answered nor cut.
/// </summary>
internal sealed class RawConnection : IAsyncDisposable
{
    /// <summary>The largest window that there is.</summary>
    public const int WholeWindow = int.MaxValue;

    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>A PING whose acknowledgement tells that the server has read all that was sent before it.</summary>
    public static readonly RawFrame Fence = RawFrame.Ping() with { Payload = "the wall"u8.ToArray() };

    private const int FirstWindow = 65535;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, StreamAnswer> _answers = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _header = new byte[RawFrame.HeaderSize];
    private readonly NetworkStream _socket;
    private int _nextStream = -1;

    private RawConnection(NetworkStream socket) => _socket = socket;

    /// <summary>The code of the last GOAWAY; null without one.</summary>
    public Http2Error? GoAway { get; private set; }

    /// <summary>True once the server closed the connection.</summary>
    public bool IsCut { get; private set; }

    /// <summary>False leaves the server's SETTINGS and PINGs without an acknowledgement, where one would be out of turn.</summary>
    public bool Acknowledges { get; init; } = true;

    /// <summary>A connection on which nothing was sent yet.</summary>
    public static async Task<RawConnection> ConnectAsync(Uri server, bool acknowledges = true)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        return new RawConnection(new NetworkStream(socket, ownsSocket: true)) { Acknowledges = acknowledges };
    }

    /// <summary>The other side of a connection: the preface of its client is read, and ours is sent.</summary>
    public static async Task<RawConnection> AcceptAsync(Socket accepted)
    {
        var connection = new RawConnection(new NetworkStream(accepted, ownsSocket: true));
        await connection._socket.ReadExactlyAsync(new byte[Preface.Length]);
        await connection.SendAsync(RawFrame.Settings());
        return connection;
    }

    /// <summary>A connection ready for calls.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="window">How much may come on each stream before more is asked for.</param>
    /// <param name="acknowledges">See <see cref="Acknowledges"/>.</param>
    public static async Task<RawConnection> OpenAsync(Uri server, int window = WholeWindow, bool acknowledges = true)
    {
        var connection = await ConnectAsync(server, acknowledges);
        await connection.SendBytesAsync(Preface);
        await connection.SendAsync(
            RawFrame.Settings((Http2Setting.HeaderTableSize, 0), (Http2Setting.InitialWindowSize, window)),
            RawFrame.WindowUpdate(0, WholeWindow - FirstWindow));
        return connection;
    }

    /// <summary>The headers of a call, with those given in place of the usual ones of the same name; null leaves one out.</summary>
    public static byte[] CallHeaders(string path, params ReadOnlySpan<(string Name, string? Value)> others)
    {
        List<(string Name, string Value)> headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers"),
        ];
        foreach (var (name, value) in others)
        {
            var index = headers.FindIndex(header => header.Name == name);
            if (index >= 0) headers.RemoveAt(index);
            if (value is not null) headers.Insert(index >= 0 ? index : headers.Count, (name, value));
        }

        return Hpack.Encode(headers);
    }

    public int NextStream() => _nextStream += 2;

    public async Task SendAsync(params RawFrame[] frames)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var frame in frames) frame.WriteTo(output);
        await SendBytesAsync(output.WrittenMemory);
    }

    /// <exception cref="IOException">The server closed the connection.</exception>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _writing.WaitAsync(patience.Token);
        try
        {
            await _socket.WriteAsync(bytes, patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("the server does not read");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>No more bytes from here; those of the server still come.</summary>
    public void HalfClose() => _socket.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Starts a call with one message and waits for its end.</summary>
    public async Task<StreamAnswer> CallAsync(string path, ReadOnlyMemory<byte> body, params (string Name, string? Value)[] headers)
    {
        var stream = NextStream();
        await SendAsync(RawFrame.Headers(stream, CallHeaders(path, headers)), RawFrame.Data(stream, body));
        return await AnswerAsync(stream);
    }

    /// <summary>What came on a stream, once it ended or the connection did.</summary>
    public async Task<StreamAnswer> AnswerAsync(int stream)
    {
        while (!AnswerOn(stream).IsEnded && await ReadAsync() is not null)
        {
            // Each frame is put where it belongs.
        }

        return AnswerOn(stream);
    }

    public StreamAnswer AnswerOn(int stream) =>
        _answers.TryGetValue(stream, out var answer) ? answer : _answers[stream] = new StreamAnswer();

    /// <summary>Reads up to the end of the connection; the code of its GOAWAY.</summary>
    public async Task<Http2Error?> CutAsync()
    {
        while (await ReadAsync() is not null)
        {
            // As above.
        }

        return GoAway;
    }

    /// <summary>Reads and forgets, until that many frames were of a kind.</summary>
    public async Task PassAsync(int count, Func<RawFrame, bool> isCounted)
    {
        while (count > 0)
        {
            var frame = await ReadFrameAsync();
            Assert.True(frame is not null, $"the connection ended while {count} frames were missing");
            if (isCounted(frame.Value)) count--;
        }
    }

    /// <summary>Reads and forgets, up to the acknowledgement of a <see cref="Fence"/>; false when the connection ended before it.</summary>
    public async Task<bool> ReachFenceAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Type is FrameType.Ping && frame.Has(FrameFlags.Ack) && frame.Payload.Span.SequenceEqual(Fence.Payload.Span)) return true;
            if (frame.Type is FrameType.GoAway) Note(frame);
        }

        IsCut = true;
        return false;
    }

    /// <summary>The next frame, kept and acknowledged; null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        if (await ReadFrameAsync() is not { } frame)
        {
            IsCut = true;
            return null;
        }

        if (frame.Stream != 0) AnswerOn(frame.Stream).Take(frame);
        else if (frame.Type is FrameType.GoAway) Note(frame);
        else if (Acknowledges && frame.Type is FrameType.Settings or FrameType.Ping && !frame.Has(FrameFlags.Ack)) await AcknowledgeAsync(frame);
        return frame;
    }

    /// <summary>All that comes up to the end of the connection, as text.</summary>
    public async Task<string> ReadTextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var text = new MemoryStream();
        await _socket.CopyToAsync(text, patience.Token);
        return Encoding.Latin1.GetString(text.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        _writing.Dispose();
    }

    private void Note(RawFrame goAway) => GoAway = (Http2Error)BinaryPrimitives.ReadInt32BigEndian(goAway.Payload.Span[4..]);

    private async Task<RawFrame?> ReadFrameAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _socket.ReadExactlyAsync(_header, patience.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(_header) >> 8];
            await _socket.ReadExactlyAsync(payload, patience.Token);
            return new RawFrame((FrameType)_header[3], _header[4], BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(5)), payload);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("the server neither answered nor cut the connection");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task AcknowledgeAsync(RawFrame frame)
    {
        try
        {
            await SendAsync(frame with { Flags = FrameFlags.Ack, Payload = frame.Type is FrameType.Ping ? frame.Payload : default });
        }
        catch (IOException)
        {
            // The end is read next.
        }
    }
}
