using CredBroker.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>A folder for the clusters of one test, and what tests do with a cluster.</summary>
internal sealed class ClusterFolder : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), $"cb-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");

    public string PidFile => System.IO.Path.Combine(Path, "data", "postmaster.pid");

    public Task<EmbeddedPostgres> StartAsync(bool durable = false) => EmbeddedPostgres.StartAsync(
        new() { Folder = Path, Durable = durable }, NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    public static async Task<T> QueryAsync<T>(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default!;
    }

    public static Task CommitRowsAsync(string connectionString) => QueryAsync<object>(connectionString,
        "CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n");

    public static Task<long> CountRowsAsync(string connectionString) => QueryAsync<long>(connectionString, "SELECT count(*) FROM kept");

    /// <summary>Waits until a process has ended, also when nobody has collected its exit code yet.</summary>
    public static async Task HasEndedAsync(int process)
    {
        for (var polls = 0; polls < 1000; polls++)
        {
            if (!Runs(process)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"process {process} still runs after 10 s");
    }

    /// <summary>False for a process that is gone and for a zombie, which has no folder any more.</summary>
    public static bool Runs(int process)
    {
        try
        {
            return new DirectoryInfo($"/proc/{process}/cwd").LinkTarget is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
