using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>Header blocks that no client library would send.</summary>
public sealed class BrokenHeaderTests : IAsyncLifetime
{
    private const string Say = "/echo.Echo/Say";
    private static readonly byte[] Hello = RawCall.Frame(new EchoRequest { Text = "hello" });

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Aftermath.IsWellAsync(_server);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("an index beyond both tables", "e3")]
    [InlineData("a text that is cut", "000501")]
    [InlineData("a number without end", "7fffffffffffffff")]
    [InlineData("a table larger than allowed", "3fffff7f")]
    [InlineData("Huffman codes that end in nothing", "0084ffffffff0101")]
    [InlineData("a name without letters", "00000161")]
    public async Task A_block_that_cannot_be_read_cuts_the_connection(string what, string hex)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Convert.FromHexString(hex)));
        Assert.True(await connection.CutAsync() is Http2Error.Compression, $"{what}: {connection.GoAway}");
    }

    [Theory]
    [InlineData("X-Upper", "x")]
    [InlineData("connection", "close")]
    [InlineData("te", "gzip")]
    [InlineData("x", "a\r\nb")]
    [InlineData("x", "a\0b")]
    [InlineData("x", "\u00e9")]
    [InlineData(":late", "x")]
    [InlineData("content-length", "-1")]
    public async Task A_header_that_http2_forbids_cuts_the_connection(string name, string value)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders(Say, (name, value))));
        Assert.Equal(Http2Error.Protocol, await connection.CutAsync());
    }

    [Theory]
    [InlineData(":path", null)]
    [InlineData(":path", "")]
    [InlineData(":path", "echo.Echo/Say")]
    [InlineData(":method", null)]
    [InlineData(":scheme", null)]
    [InlineData(":scheme", "https")]
    [InlineData(":authority", "/run/broker.sock")]
    public async Task A_request_line_that_is_none_resets_the_stream(string name, string? value)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        Assert.Equal(Http2Error.Protocol, (await connection.CallAsync(Say, Hello, (name, value))).Reset);
        Assert.Equal(StatusCode.OK, (await connection.CallAsync(Say, Hello)).Status);
    }

    [Theory]
    [InlineData("content-type", null, "415")]
    [InlineData("content-type", "text/plain", "415")]
    [InlineData("content-type", "application/grpc-web", "415")]
    [InlineData(":method", "GET", "405")]
    [InlineData(":method", "PUT", "405")]
    public async Task A_request_that_is_no_call_is_answered_in_plain_http(string name, string? value, string expected)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        Assert.Equal(expected, (await connection.CallAsync(Say, Hello, (name, value))).HttpStatus);
    }

    [Theory]
    [InlineData("/x/../echo.Echo/Say")]
    [InlineData("/./echo.Echo/Say")]
    [InlineData("/echo.Echo/%53ay")]
    [InlineData("/echo.Echo/Say?x=1")]
    [InlineData("/echo.Echo/Say?")]
    [InlineData("/ECHO.Echo/Say")]
    [InlineData("//echo.Echo/Say")]
    public async Task A_path_that_only_means_the_method_is_not_its_name(string path)
    {
        // A proxy in front that guards paths compares what it sees.
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        Assert.Equal(StatusCode.Unimplemented, (await connection.CallAsync(path, Hello)).Status);
    }

    [Fact]
    public async Task A_call_needs_neither_te_nor_authority()
    {
        // Proxies drop them; grpc-dotnet and C-core take such calls too.
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        Assert.Equal(StatusCode.OK, (await connection.CallAsync(Say, Hello, ("te", null), (":authority", null))).Status);
    }

    [Fact]
    public async Task Two_of_a_kind_where_one_may_be_cut_the_connection()
    {
        foreach (var twice in new[] { (":path", "/x"), ("content-length", "14") })
        {
            await using var connection = await RawConnection.OpenAsync(_server.Http2);
            var headers = RawConnection.CallHeaders(Say, ("content-length", "15"));
            byte[] both = twice.Item1[0] == ':' ? [.. Hpack.Encode(twice), .. headers] : [.. headers, .. Hpack.Encode(twice)];
            await connection.SendAsync(RawFrame.Headers(1, both));
            Assert.Equal(Http2Error.Protocol, await connection.CutAsync());
        }
    }

    [Theory]
    [InlineData("POST /echo.Echo/Say HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    public async Task Http1_on_the_port_of_http2_is_answered_400_and_cut(string request)
    {
        await using var connection = await RawConnection.ConnectAsync(_server.Http2);
        await connection.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anything_else_than_a_preface_is_cut()
    {
        // As long as the line could still become one of HTTP/1.1, it is waited for.
        foreach (var bytes in new[] { "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", new string('x', 9_000) })
        {
            await using var connection = await RawConnection.ConnectAsync(_server.Http2);
            await connection.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(bytes));
            await connection.CutAsync();
            Assert.True(connection.IsCut);
        }
    }

    [Fact]
    public async Task A_preface_without_settings_is_answered_or_cut()
    {
        await using var connection = await RawConnection.ConnectAsync(_server.Http2);
        await connection.SendBytesAsync(RawConnection.Preface);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders(Say)), RawFrame.Data(1, Hello));
        Assert.True((await connection.AnswerAsync(1)).IsEnded || connection.IsCut);
    }
}
