using System.Runtime.InteropServices;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.Server.Attestation;
using CredBroker.V1;
using Grpc.Core;
using Evidence = CredBroker.Client.Evidence;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>
/// A broker on a kernel that gives no pidfd for a peer (Linux before 6.5). Such a kernel is played by a seccomp filter (seccomp(2)) that
/// answers one call as it would: getsockopt(SO_PEERPIDFD) with ENOPROTOOPT. The program that sets it becomes the broker.
/// </summary>
public sealed class NoPidfdTests(Postgres postgres)
{
    private const string Python = "/usr/bin/python3";

    // struct sock_filter: code, jt, jf, k. Loads the call's number, its level and its option, and answers errno 92 when all three are those.
    private const string Filter = """
        import ctypes,os,struct,sys
        load=lambda at: struct.pack('HBBI',0x20,0,0,at)
        differs=lambda value,skip: struct.pack('HBBI',0x15,0,skip,value)
        answer=lambda verdict: struct.pack('HBBI',6,0,0,verdict)
        program=load(0)+differs(55,5)+load(24)+differs(1,3)+load(32)+differs(77,1)+answer(0x50000|92)+answer(0x7fff0000)
        class Fprog(ctypes.Structure): _fields_=[('len',ctypes.c_ushort),('filter',ctypes.c_void_p)]
        code=ctypes.create_string_buffer(program,len(program))
        libc=ctypes.CDLL(None)
        assert libc.prctl(38,1,0,0,0)==0
        assert libc.prctl(22,2,ctypes.byref(Fprog(len(program)//8,ctypes.addressof(code))))==0
        os.execvp(sys.argv[1],sys.argv[1:])
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_kernel_gives_no_pidfd_a_peer_is_nobody_and_other_evidence_is_as_good_as_ever()
    {
        Assert.SkipUnless(File.Exists(Python) && RuntimeInformation.ProcessArchitecture == Architecture.X64, "needs python3, and knows the call numbers of x86-64");
        await using var database = await postgres.CreateDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        await TestCatalog.WriteAsync(Path.Combine(folder, "catalog"));
        using var broker = new KilledBroker(database, folder, Python, "-c", Filter);
        await broker.StartAsync();
        // It answers before it has applied the folder.
        await TestDatabase.UntilAsync(() => database.ScalarAsync<bool>("SELECT version > 0 FROM catalog_head"));
        using var connection = broker.Connect();

        // This process is the workload "agent" of the catalog, and would be the administrator.
        var refused = await Assert.ThrowsAsync<RpcException>(() => AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct));
        await DeniedAsync(Reason.NoPeerPidfd, database, refused);
        refused = await Assert.ThrowsAsync<RpcException>(async () => await connection.Admin.GetCatalogAsync(new GetCatalogRequest(), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);

        await using var joined = await AgentSession.AttestAsync(connection, new Evidence.JoinToken(await JoinTokenAsync(database)), Ct);
        var known = await joined.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        Assert.Equal(("other", "dpop", ""), (known.Workload, known.AuthenticatedBy, known.Admin));

        broker.Kill();
        Directory.Delete(folder, recursive: true);
    }

    // With nobody to administer it, the database is told.
    private static async Task<string> JoinTokenAsync(TestDatabase database)
    {
        var (secret, hash) = JoinTokens.New();
        await database.ExecuteAsync(
            "INSERT INTO join_tokens (secret_hash, workload, created_by, expires_at) VALUES ($1, 'other', 'test', clock_timestamp() + '1 min'::interval)", hash);
        return secret;
    }

    private static async Task DeniedAsync(Reason reason, TestDatabase database, RpcException refused)
    {
        var refusal = BrokerRefusal.Of(refused);
        Assert.Equal((StatusCode.PermissionDenied, "denied", "DENIED"), (refusal.Status, refusal.Message, refusal.Reason));
        Assert.Equal(reason.ToString(), await database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1 AND kind = $2", Guid.Parse(refusal.DecisionId!), (short)AuditKind.AttestationRefused));
    }
}
