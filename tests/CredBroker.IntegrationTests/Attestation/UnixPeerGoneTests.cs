using System.Diagnostics;
using CredBroker.Core;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>
/// Programs that connect, are looked at by the broker, and are another by the time that they present themselves. Each begins in Python and
/// ends as this program, over the same connection.
/// </summary>
public sealed class UnixPeerGoneTests(Postgres postgres) : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";

    private const string DieAndLetAChildSpeak = """
        parent=os.getpid()
        if os.fork(): os._exit(0)
        while os.getppid()==parent: time.sleep(0.01)
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("cb-gone-").FullName;
    private AttestationBroker broker = null!;

    // Whatever runs as this user is the workload: only being another than before is in the way.
    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(postgres, $$"""
        trust_domains:
          example.org: {}
        workloads:
          me:
            spiffe_id: spiffe://example.org/me
            owner: team
            class: agent
            attest: [{unix: { uid: {{AttestationBroker.Me}} } }]
        """);

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_program_that_replaced_itself_after_it_connected_is_gone()
    {
        var answer = await RunAsync("", "", Python);

        await DeniedAsync(Reason.PeerGone, answer, "Changed");
    }

    [Fact]
    public async Task A_program_that_died_while_a_child_of_it_speaks_is_gone()
    {
        var answer = await RunAsync("", DieAndLetAChildSpeak, Python);

        await DeniedAsync(Reason.PeerGone, answer, "Dead");
    }

    [Fact]
    public async Task A_program_that_became_another_user_after_it_connected_is_gone()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become another user");

        var answer = await RunAsync("", "os.setuid(65534)", Python);

        await DeniedAsync(Reason.PeerGone, answer, "UserDiffers");
    }

    [Fact]
    public async Task A_program_whose_file_was_deleted_is_gone()
    {
        NeedsPython();
        var copy = Path.Combine(folder, "agent");
        File.Copy(Python, copy);

        var answer = await RunAsync($"os.unlink('{copy}')", "", copy);

        await DeniedAsync(Reason.PeerGone, answer, "ExecutableDeleted");
    }

    [Fact]
    public async Task The_way_over_an_inherited_connection_is_sound()
    {
        // Over TCP there is no peer that could be gone: the same client is heard, and refused for what it lacks.
        var answer = await RunAsync("socket.AF_UNIX=socket.AF_INET; sys.argv[1]=('127.0.0.1',int(sys.argv[1]))", "", Python, $"{broker.Port}");

        await DeniedAsync(Reason.NoPeerEvidence, answer, null);
    }

    private async Task DeniedAsync(Reason reason, string answer, string? detail)
    {
        var words = answer.Split(' ');
        Assert.Equal(["PermissionDenied", "denied"], words[..^1]);
        var evidence = await broker.RecordedAsync(reason, words[^1]);
        Assert.Equal("unix_peer", evidence.GetProperty("kind").GetString());
        Assert.Equal(detail, await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'detail' FROM audit_entries WHERE decision_id = $1", Guid.Parse(words[^1])));
    }

    private async Task<string> RunAsync(string before, string after, string python, string? address = null)
    {
        NeedsPython();
        var start = new ProcessStartInfo(python, ["-c", Program(before, after), address ?? broker.SocketPath, "dotnet", typeof(ChildProcess).Assembly.Location])
        {
            RedirectStandardOutput = true, WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync(Ct) ?? "it said nothing";
    }

    // The broker answers the preface when it has looked; what it answered stays to be read.
    private static string Program(string before, string after) => $$"""
        import os,socket,sys,time
        {{before}}
        s=socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        s.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
        s.recv(1,socket.MSG_PEEK)
        {{after}}
        os.set_inheritable(s.fileno(),True)
        os.execvp(sys.argv[2],sys.argv[2:]+['attest-over',str(s.fileno())])
        """;

    private static void NeedsPython() => Assert.SkipUnless(File.Exists(Python), "needs python3");
}
