using System.Net;
using System.Net.Sockets;
using System.Text;
using CredBroker.Server.Attestation;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Attestation;

public sealed class JwksFetcherTests : IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly FakeClock clock = new();
    private readonly JwksFetcher fetcher;

    public JwksFetcherTests()
    {
        fetcher = new(clock);
        server.Start();
    }

    public void Dispose()
    {
        fetcher.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task The_document_is_what_the_server_answers()
    {
        var (document, failure) = await FetchAsync("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"keys\":[]}");

        Assert.Null(failure);
        Assert.Equal("""{"keys":[]}""", Encoding.UTF8.GetString(document!));
    }

    [Theory]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "500")]
    [InlineData("HTTP/1.1 204 Nothing\r\n\r\n", "204")]
    [InlineData("HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "302")] // not followed
    [InlineData("not http at all\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "")]
    public async Task Anything_but_a_whole_document_is_a_failure_in_words(string answer, string word)
    {
        var (document, failure) = await FetchAsync(answer);

        Assert.Null(document);
        Assert.Contains(word, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JwksFetcher.LargestDocument, true)]
    [InlineData(JwksFetcher.LargestDocument + 1, false)]
    public async Task A_document_larger_than_the_bound_is_not_read(int length, bool read)
    {
        var (document, failure) = await FetchAsync($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('a', length)}");

        Assert.Equal(read, document?.Length == length);
        Assert.Equal(read, failure is null);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_the_bound()
    {
        var chunks = string.Concat(Enumerable.Repeat($"10000\r\n{new string('a', 0x10000)}\r\n", 5));

        var (document, failure) = await FetchAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        Assert.Null(document);
        Assert.NotNull(failure);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_on()
    {
        var fetch = fetcher.FetchAsync(Address);
        using var connection = await server.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var asked = await connection.ReceiveAsync(new byte[4096]);

        clock.Advance(JwksFetcher.LongestFetch);
        var (document, failure) = await fetch;

        Assert.NotEqual(0, asked);
        Assert.Null(document);
        Assert.Contains("within 5 s", failure, StringComparison.Ordinal);
        Assert.Equal(0, await connection.ReceiveAsync(new byte[4096])); // the fetcher hung up
    }

    [Fact]
    public async Task Nothing_but_https_is_asked_outside_this_machine()
    {
        foreach (var address in new[] { "http://example.org/keys", "ftp://127.0.0.1/keys", "file:///etc/passwd", "http://127.0.0.2.example.org/" })
            Assert.Contains("only https", (await fetcher.FetchAsync(new(address))).Failure, StringComparison.Ordinal);
    }

    private Uri Address => new($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/keys");

    private async Task<(byte[]? Document, string? Failure)> FetchAsync(string answer)
    {
        var fetch = fetcher.FetchAsync(Address);
        using var connection = await server.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await connection.ReceiveAsync(new byte[4096]);
        try
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes(answer));
        }
        catch (SocketException)
        {
            // The fetcher hung up half way: it had read enough.
        }

        connection.Shutdown(SocketShutdown.Send);
        return await fetch;
    }
}
