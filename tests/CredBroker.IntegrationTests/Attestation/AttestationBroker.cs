using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Server;
using CredBroker.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>A whole broker with all the doors that evidence comes through: Unix socket, plain loopback, TLS.</summary>
internal sealed class AttestationBroker : IAsyncDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly RunningBroker running;
    private readonly string folder;
    private readonly List<IDisposable> opened = [];
    private Task? stopping;

    private AttestationBroker(RunningBroker running, TestDatabase database, string folder, ListedLog log) =>
        (this.running, Database, this.folder, Log) = (running, database, folder, log);

    public static uint Me { get; } = Server.Attestation.NativeMethods.EffectiveUser();

    public static uint MyGroup { get; } =
        uint.Parse(Server.Attestation.ProcessFacts.Field(File.ReadAllText("/proc/self/status"), "Gid:")!.Split('\t')[1]);

    public TestDatabase Database { get; }

    public ListedLog Log { get; }

    public string SocketPath => SocketIn(folder);

    public int Port => new Uri(Address("http:")).Port;

    public X509Certificate2 ServerCertificate { get; set; } = null!;

    public Uri TlsAddress => new(Address("https:"));

    public static Task<AttestationBroker> StartAsync(Postgres postgres, string yaml, params (string Name, string Content)[] files) =>
        StartAsync(postgres, TimeProvider.System, yaml, files);

    public static async Task<AttestationBroker> StartAsync(
        Postgres postgres, TimeProvider clock, string yaml, params (string Name, string Content)[] files)
    {
        var database = await postgres.CreateDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        // Other users connect too: the folder decides who can reach the socket.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var shown = WriteServerCertificate(folder);
        var options = new BrokerOptions
        {
            Database = database.ConnectionString,
            UnixSocket = SocketIn(folder),
            Listen = { "http://127.0.0.1:0", "https://127.0.0.1:0" },
            TlsCertificateFile = Path.Combine(folder, "tls.crt"),
            TlsKeyFile = Path.Combine(folder, "tls.key"),
            CallsPerSecond = 100_000,
        };
        var log = new ListedLog();
        var running = await RunningBroker.StartAsync(options, clock, logging => logging.AddProvider(log), Ct);
        var broker = new AttestationBroker(running, database, folder, log) { ServerCertificate = shown };
        await broker.ApplyAsync(yaml, files);
        return broker;
    }

    /// <summary>Applies a catalog as the user that runs the broker.</summary>
    public async Task ApplyAsync(string yaml, params (string Name, string Content)[] files)
    {
        var request = new ApplyCatalogRequest { RequestId = NewId() };
        foreach (var (name, content) in files.Append(("broker.yaml", yaml)))
            request.Files.Add(new CatalogFile { Name = name, Content = ByteString.CopyFromUtf8(content) });
        var answer = await OverSocket().Admin.ApplyCatalogAsync(request, cancellationToken: Ct);
        Assert.True(answer.Valid, string.Join('\n', answer.Problems));
    }

    public async Task<string> JoinTokenAsync(string workload) => (await OverSocket().Admin.CreateJoinTokenAsync(
        new CreateJoinTokenRequest { RequestId = NewId(), Workload = workload }, cancellationToken: Ct)).Secret;

    public BrokerConnection OverSocket() => Open($"unix:{SocketPath}", new());

    public BrokerConnection OverTcp() => Open(Address("http:"), new());

    public BrokerConnection OverTls(X509Certificate2? certificate = null, params X509Certificate2[] chain) => Open(Address("https:"), new()
    {
        ClientCertificate = certificate, ClientChain = [.. chain], TrustedRoots = [ServerCertificate],
    });

    public static Task<AgentSession> AttestAsync(BrokerConnection connection, Evidence evidence) => AgentSession.AttestAsync(connection, evidence, Ct);

    /// <summary>Attests, and says how it was refused.</summary>
    public static async Task<RpcException> RefusedAsync(BrokerConnection connection, Evidence evidence) =>
        await Assert.ThrowsAsync<RpcException>(() => AttestAsync(connection, evidence));

    /// <summary>
    /// Attests, and is denied as everybody is: with a decision id and nothing else. The record has the true reason; what it says of the
    /// evidence is answered.
    /// </summary>
    public async Task<JsonElement> DeniedAsync(Reason reason, BrokerConnection connection, Evidence evidence) =>
        await DeniedAsync(reason, await RefusedAsync(connection, evidence));

    /// <summary>The same of a call that was refused already.</summary>
    public async Task<JsonElement> DeniedAsync(Reason reason, RpcException refused)
    {
        Assert.Equal((StatusCode.PermissionDenied, "denied"), (refused.StatusCode, refused.Status.Detail));
        var details = Google.Rpc.Status.Parser.ParseFrom(refused.Trailers.GetValueBytes(BrokerRefusal.DetailsTrailer));
        var info = Assert.Single(details.Details).Unpack<Google.Rpc.ErrorInfo>();
        var (name, decision) = Assert.Single(info.Metadata);
        Assert.Equal(("DENIED", "decision_id"), (info.Reason, name));
        return await RecordedAsync(reason, decision);
    }

    /// <summary>The one entry of a decision: a refusal for that reason.</summary>
    public async Task<JsonElement> RecordedAsync(Reason reason, string decision)
    {
        var payloads = await Database.ColumnAsync<string>(
            "SELECT payload::text FROM audit_entries WHERE decision_id = $1 AND kind = $2", Guid.Parse(decision), (short)AuditKind.AttestationRefused);
        using var entry = JsonDocument.Parse(Assert.Single(payloads));
        Assert.Equal(reason.ToString(), entry.RootElement.GetProperty("reason").GetString());
        return entry.RootElement.GetProperty("evidence").Clone();
    }

    public static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    /// <summary>The certificate that the broker shows, put in place of the old one.</summary>
    public X509Certificate2 RenewServerCertificate() => WriteServerCertificate(folder);

    /// <summary>Writes tls.crt and tls.key, self-signed for 127.0.0.1.</summary>
    public static X509Certificate2 WriteServerCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        File.WriteAllText(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem());
        return X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    /// <summary>Stops the broker, as SIGTERM does; whoever is connected sees it.</summary>
    public Task StopAsync() => stopping ??= running.DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        opened.ForEach(one => one.Dispose());
        await StopAsync();
        await Database.DisposeAsync();
        Log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string SocketIn(string folder) => Path.Combine(folder, "s");

    private string Address(string scheme) => running.Addresses.Single(address => address.StartsWith(scheme, StringComparison.Ordinal));

    private BrokerConnection Open(string address, ConnectionOptions options)
    {
        Assert.True(BrokerAddress.TryParse(address, out var parsed, out var problem), problem);
        var connection = BrokerConnection.Open(parsed, options);
        opened.Add(connection);
        return connection;
    }
}
