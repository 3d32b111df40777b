using System.Diagnostics;
using System.Net.Sockets;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>What a broker sees that has fewer rights than the tests, or a smaller view.</summary>
public sealed class PeerReaderTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("cb-reader-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_broker_of_another_user_knows_the_user_of_its_peer_and_not_the_executable()
    {
        NeedsRoot();
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);

        Assert.Equal("uid 0 executable unknown then the same", await ReadAsync("setpriv", "--reuid=65534", "--clear-groups"));
    }

    [Fact]
    public async Task A_broker_that_cannot_see_the_process_of_its_peer_takes_it_for_nobody()
    {
        NeedsRoot();

        Assert.Equal("nobody: Invisible", await ReadAsync("unshare", "--pid", "--fork", "--mount-proc"));
    }

    private async Task<string?> ReadAsync(params string[] before)
    {
        var path = Path.Combine(folder, "s");
        string[] command = [.. before, "dotnet", typeof(ChildProcess).Assembly.Location, "read-peer", path];
        using var reader = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Assert.Equal("listening", await reader.StandardOutput.ReadLineAsync(Ct));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Ct);
        var answer = await reader.StandardOutput.ReadLineAsync(Ct);
        await reader.WaitForExitAsync(Ct);
        return answer;
    }

    private static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to run a child as another user or in another namespace");
}
