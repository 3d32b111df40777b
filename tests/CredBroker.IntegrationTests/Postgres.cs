using CredBroker.IntegrationTests;
using CredBroker.Server.Hosting;
using CredBroker.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(Postgres))]

namespace CredBroker.IntegrationTests;

/// <summary>
/// One private PostgreSQL cluster for the whole test run; each test asks it for a migrated database of its own (about 30 ms).
/// Without PostgreSQL the tests that ask are skipped, saying so, but under CI they fail.
/// </summary>
public sealed class Postgres : IAsyncLifetime
{
    private const string Template = "template_migrated";

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"credbroker-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");
    private readonly SemaphoreSlim templateOnce = new(1);
    private EmbeddedPostgres? cluster;
    private string? missing;
    private bool templateMade;
    private int databases;

    public async ValueTask InitializeAsync()
    {
        try
        {
            // Crowds of two tests, each at two replicas with a pool of a hundred, meet here.
            var settings = new Dictionary<string, string> { ["max_connections"] = "500" };
            cluster = await EmbeddedPostgres.StartAsync(new() { Folder = folder, Durable = false, Settings = settings }, NullLogger.Instance,
                TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (EmbeddedPostgresException cannot) when (Environment.GetEnvironmentVariable("CI") is null or "")
        {
            missing = $"no PostgreSQL: {cannot.Message}; {cannot.Hint}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        templateOnce.Dispose();
    }

    /// <summary>A new database with the schema of the broker in it.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        await MakeTemplateAsync();
        return await CreateAsync(Template);
    }

    /// <summary>A new database with nothing in it.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => CreateAsync("template0");

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringFor("postgres"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<TestDatabase> CreateAsync(string template)
    {
        SkipWithoutPostgres();
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return new(this, name, ConnectionStringFor(name));
    }

    private async Task MakeTemplateAsync()
    {
        SkipWithoutPostgres();
        await templateOnce.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (templateMade) return;
            await ExecuteAsync($"DROP DATABASE IF EXISTS {Template}");
            await ExecuteAsync($"CREATE DATABASE {Template}");
            Assert.IsType<MigrationOutcome.Applied>(await Migrator.ApplyAsync(
                ConnectionStringFor(Template), TimeProvider.System, TestContext.Current.CancellationToken));
            templateMade = true;
        }
        finally
        {
            templateOnce.Release();
        }
    }

    internal void SkipWithoutPostgres() => Assert.SkipWhen(missing is not null, missing ?? "");

    private string ConnectionStringFor(string database) =>
        (cluster ?? throw new InvalidOperationException("the fixture was not started")).ConnectionStringFor(database);
}
