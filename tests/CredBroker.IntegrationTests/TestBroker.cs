using CredBroker.Client;
using CredBroker.Server;
using CredBroker.V1;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests;

/// <summary>A whole broker in this process: real Kestrel on a Unix socket and a port, real PostgreSQL, the test catalog.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly string folder;
    private readonly RunningBroker running;
    private readonly TestDatabase? database;
    private readonly TimeProvider clock;
    private readonly List<IDisposable> opened = [];
    private Task? stopping;

    private TestBroker(string folder, RunningBroker running, TestDatabase? database, TimeProvider clock, ListLoggerProvider logs)
    {
        (this.folder, this.running, this.database, this.clock) = (folder, running, database, clock);
        Logs = logs.Lines;
    }

    public TestDatabase Database => database ?? throw new InvalidOperationException("The test made the database itself.");

    /// <summary>Everything that was logged, at every level.</summary>
    public IReadOnlyCollection<string> Logs { get; }

    public string SocketAddress => running.Addresses[0];

    public string TcpAddress => running.Addresses[1];

    /// <summary>Where <c>jwks.json</c> and <c>healthz</c> are, when the test asked for a <see cref="BrokerOptions.WebListen"/>.</summary>
    public Uri WebAddress => new(running.Addresses[2]);

    internal IServiceProvider Services => running.Services;

    public static async Task<TestBroker> StartAsync(Postgres postgres, Action<BrokerOptions>? configure = null, string? catalog = null, TimeProvider? clock = null, string? policies = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        return await StartAsync(database.ConnectionString, database, configure, catalog, clock, policies);
    }

    /// <summary>One more replica over a database that exists.</summary>
    public static Task<TestBroker> StartAsync(TestDatabase database, Action<BrokerOptions>? configure = null, string? catalog = null, TimeProvider? clock = null, string? policies = null) =>
        StartAsync(database.ConnectionString, database, configure, catalog, clock, policies);

    /// <summary>A broker over a database that the test made itself.</summary>
    public static Task<TestBroker> StartAsync(string connectionString) => StartAsync(connectionString, null, null, null, null, null);

    private static async Task<TestBroker> StartAsync(
        string connectionString, TestDatabase? database, Action<BrokerOptions>? configure, string? catalog, TimeProvider? clock, string? policies)
    {
        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        var catalogs = await TestCatalog.WriteAsync(Path.Combine(folder, "catalog"), catalog, policies ?? TestCatalog.Policies);
        var options = new BrokerOptions
        {
            Database = connectionString, UnixSocket = Path.Combine(folder, "s", "broker.sock"), Listen = { "http://127.0.0.1:0" },
            CatalogFolder = catalogs, CallsPerSecond = 100_000,
        };
        configure?.Invoke(options);
        var logs = new ListLoggerProvider();
        clock ??= TimeProvider.System;
        var running = await RunningBroker.StartAsync(
            options, clock, logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs), TestContext.Current.CancellationToken);
        return new(folder, running, database, clock, logs);
    }

    /// <summary>A connection over the Unix socket: this process is the workload <c>agent</c>, and an administrator.</summary>
    public BrokerConnection OverSocket(ConnectionOptions? options = null) => Open(SocketAddress, options);

    /// <summary>A connection over TCP, which proves nothing.</summary>
    public BrokerConnection OverTcp(ConnectionOptions? options = null) => Open(TcpAddress, options);

    /// <summary>The agent, attested by the kernel.</summary>
    public Task<AgentSession> AgentAsync() => AgentSession.AttestAsync(OverSocket(), new Evidence.UnixPeer(), TestContext.Current.CancellationToken);

    /// <summary>A workload attested by a join token over TCP: DPoP on every call.</summary>
    public async Task<AgentSession> JoinAsync(string workload) =>
        await AgentSession.AttestAsync(OverTcp(), new Evidence.JoinToken(await JoinTokenAsync(workload)), TestContext.Current.CancellationToken);

    /// <summary>The secret that a workload joins with, once.</summary>
    public async Task<string> JoinTokenAsync(string workload) =>
        (await OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = NewId(), Workload = workload })).Secret;

    /// <summary>grpc.health.v1 over the Unix socket.</summary>
    public Health.HealthClient Health()
    {
        var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocketHttpHandler.Create(SocketAddress["unix:".Length..]) });
        opened.Add(channel);
        return new(channel);
    }

    public static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    /// <summary>Stops the broker, as SIGTERM does; whoever is connected sees it.</summary>
    public Task StopAsync() => stopping ??= running.DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in opened) connection.Dispose();
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal T Service<T>()
        where T : notnull => running.Services.GetRequiredService<T>();

    private BrokerConnection Open(string address, ConnectionOptions? options)
    {
        Assert.True(BrokerAddress.TryParse(address, out var parsed, out var problem), problem);
        var connection = BrokerConnection.Open(parsed!, options ?? new ConnectionOptions { Clock = clock });
        opened.Add(connection);
        return connection;
    }
}
