using CredBroker.Server.Hosting;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>A cluster of one test, for settings that are the whole cluster's; gone after it.</summary>
internal sealed class OwnCluster : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"credbroker-{Guid.CreateVersion7(TestLedger.Now):N}");
    private EmbeddedPostgres? _cluster;
    private NpgsqlDataSource? _database;

    public static async Task<OwnCluster> StartAsync(Postgres postgres, string setting, string value)
    {
        postgres.SkipWithoutPostgres();
        var own = new OwnCluster();
        var settings = new Dictionary<string, string> { [setting] = value };
        var options = new EmbeddedPostgresOptions { Folder = own._folder, Durable = false, Settings = settings };
        own._cluster = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, TestLedger.Ct);
        return own;
    }

    public async Task<TestLedger> LedgerAsync(LedgerOptions options)
    {
        var connectionString = _cluster!.ConnectionStringFor("postgres");
        Assert.IsType<MigrationOutcome.Applied>(await Migrator.ApplyAsync(connectionString, TimeProvider.System, TestLedger.Ct));
        _database = NpgsqlDataSource.Create(connectionString);
        return await TestLedger.OnAsync(_database, connectionString, options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
