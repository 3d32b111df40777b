using System.Diagnostics;
using System.Net.Sockets;
using CredBroker.Server;
using CredBroker.Server.Attestation;

namespace CredBroker.Tests.Attestation;

public sealed class UnixSocketFileTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b110_110_110;
    private readonly string folder = Directory.CreateTempSubdirectory("cb-socket-").FullName;

    private string SocketPath => Path.Combine(folder, "broker.sock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_missing_folder_is_made_for_the_owner_only_and_the_socket_has_the_asked_mode()
    {
        var path = Path.Combine(folder, "run", "broker.sock");
        using var socket = UnixSocketFile.Bind(path, Open);

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(folder, "run")));
        Assert.Equal(Open, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task The_leftover_of_a_killed_broker_is_replaced()
    {
        Assert.SkipUnless(File.Exists(PeerHarness.Python), "needs python3");
        await LeaveSocketAsync();
        Assert.True(File.Exists(SocketPath));

        using var socket = UnixSocketFile.Bind(SocketPath, Open);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), TestContext.Current.CancellationToken);

        Assert.True(client.Connected);
    }

    [Fact]
    public void A_living_broker_is_left_alone()
    {
        using var first = UnixSocketFile.Bind(SocketPath, Open);

        var refused = Assert.Throws<StartException>(() => UnixSocketFile.Bind(SocketPath, Open));

        Assert.Contains("already running", refused.Hint, StringComparison.Ordinal);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(SocketPath));
    }

    [Fact]
    public async Task Of_brokers_that_start_at_once_over_a_leftover_exactly_one_gets_the_socket()
    {
        Assert.SkipUnless(File.Exists(PeerHarness.Python), "needs python3");
        await LeaveSocketAsync();

        var bound = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(TryBind)));

        var winner = Assert.Single(bound, socket => socket is not null);
        winner!.Dispose();
    }

    [Fact]
    public void A_file_that_is_no_socket_is_never_deleted()
    {
        File.WriteAllText(SocketPath, "precious");

        Assert.Throws<StartException>(() => UnixSocketFile.Bind(SocketPath, Open));
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void A_link_in_its_place_is_not_followed()
    {
        File.CreateSymbolicLink(SocketPath, "/etc/passwd");

        Assert.Throws<StartException>(() => UnixSocketFile.Bind(SocketPath, Open));
        Assert.NotNull(new FileInfo(SocketPath).LinkTarget);
    }

    [Theory]
    [InlineData(0b111_111_101)]
    [InlineData(0b111_101_111)]
    public void A_folder_that_others_can_write_to_is_refused(int mode)
    {
        File.SetUnixFileMode(folder, (UnixFileMode)mode);

        var refused = Assert.Throws<StartException>(() => UnixSocketFile.Bind(SocketPath, Open));

        Assert.Contains("chmod go-w", refused.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relative.sock")]
    [InlineData("/tmp/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_path_that_the_kernel_would_not_take_is_refused_in_words(string path) =>
        Assert.Contains("at most 107 bytes", Assert.Throws<StartException>(() => UnixSocketFile.Bind(path, Open)).Message, StringComparison.Ordinal);

    private Socket? TryBind()
    {
        try
        {
            return UnixSocketFile.Bind(SocketPath, Open);
        }
        catch (StartException)
        {
            return null;
        }
    }

    private async Task LeaveSocketAsync()
    {
        using var killed = Process.Start(PeerHarness.Python, ["-c", "import socket,sys;socket.socket(socket.AF_UNIX).bind(sys.argv[1])", SocketPath]);
        await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
