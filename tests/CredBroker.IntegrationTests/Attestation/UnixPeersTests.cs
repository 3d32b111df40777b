using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CredBroker.Server;
using CredBroker.Server.Attestation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>The peer of each connection, through the real Kestrel.</summary>
public sealed class UnixPeersTests : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("cb-kestrel-").FullName;
    private UnixPeer? last;
    private WebApplication? app;

    private string SocketPath => Path.Combine(folder, "s");

    public async ValueTask InitializeAsync()
    {
        app = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_request_of_a_connection_knows_the_process_that_made_it()
    {
        using var client = Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync(new Uri("http://localhost/"), Ct)));

        Assert.All(answers, answer => Assert.Equal($"{Environment.ProcessId} {Environment.ProcessPath}", answer));
    }

    [Fact]
    public async Task The_process_is_let_go_when_the_connection_ends()
    {
        using (var client = Client())
            await client.GetStringAsync(new Uri("http://localhost/"), Ct);

        for (var tries = 0; !last!.IsReleased; tries++)
        {
            Assert.True(tries < 500, "the pidfd is still open 5 s after the connection ended");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
        }
    }

    [Fact]
    public async Task A_process_that_cannot_be_vouched_for_may_still_speak()
    {
        // The program deletes its own file before it connects.
        Assert.SkipUnless(File.Exists(Python), "needs python3");
        const string program = """
            import os,socket,sys
            os.unlink(sys.argv[2])
            s=socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            s.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
            print(s.makefile().read())
            """;
        await using var web = await StartAsync(HttpProtocols.Http1, "h1");
        var copy = Path.Combine(folder, "agent");
        File.Copy(Python, copy);
        using var child = Process.Start(new ProcessStartInfo(copy, ["-c", program, Path.Combine(folder, "h1"), copy]) { RedirectStandardOutput = true })!;

        var answer = await child.StandardOutput.ReadToEndAsync(Ct);

        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
        Assert.Contains(nameof(UnixPeerFault.ExecutableDeleted), answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_such_a_listener_there_is_no_peer_and_no_fault()
    {
        var peer = UnixPeer.Of(new DefaultHttpContext());
        _ = UnixPeers.Of(new DefaultHttpContext(), out var fault);

        Assert.Null(peer);
        Assert.Null(fault);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_broker_starts_over_the_socket_of_a_killed_one_and_not_over_a_living_one()
    {
        await Assert.ThrowsAsync<StartException>(() => StartAsync());
        using var client = Client();

        Assert.StartsWith($"{Environment.ProcessId} ", await client.GetStringAsync(new Uri("http://localhost/"), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_file_is_gone_after_a_clean_stop()
    {
        await app!.StopAsync(Ct);

        Assert.False(File.Exists(SocketPath));
    }

    private async Task<WebApplication> StartAsync(HttpProtocols protocols = HttpProtocols.Http2, string name = "s")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(o => o.CreateBoundListenSocket = UnixSocketFile.CreateListenSocket);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Path.Combine(folder, name), listener =>
        {
            listener.Protocols = protocols;
            listener.UseUnixPeers();
        }));
        var broker = builder.Build();
        broker.MapGet("/", context =>
        {
            last = UnixPeers.Of(context, out var fault);
            return context.Response.WriteAsync(last is null ? $"{fault}" : $"{last.Pid} {last.Executable?.Path}", Ct);
        });
        await broker.StartAsync(Ct);
        return broker;
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
