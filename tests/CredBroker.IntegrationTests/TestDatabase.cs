using Npgsql;

namespace CredBroker.IntegrationTests;

/// <summary>A database of one test, dropped after it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly Postgres postgres;
    private readonly string name;

    internal TestDatabase(Postgres postgres, string name, string connectionString)
    {
        this.postgres = postgres;
        this.name = name;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Runs statements; for arranging and for playing the operator.</summary>
    public async Task<int> ExecuteAsync(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first column of the first row; null when there is none.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var values = new List<T>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) values.Add(await reader.GetFieldValueAsync<T>(0));
        return values;
    }

    /// <summary>Waits until so many sessions of this database wait for a lock of that type: the sync point of an interleaving.</summary>
    public async Task SomebodyWaitsForALockAsync(string type = "advisory", int howMany = 1)
    {
        const string waiters = """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = $1 AND NOT l.granted
            """;
        await UntilAsync(async () => await ScalarAsync<long>(waiters, type) >= howMany);
    }

    /// <summary>Waits until so many sessions of this database wait for a lock of any kind.</summary>
    public async Task SomebodyWaitsAsync(int howMany = 1)
    {
        const string waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await UntilAsync(async () => await ScalarAsync<long>(waiters) >= howMany);
    }

    /// <summary>Waits until something is so; fails after a minute.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(1), "it did not become so within a minute");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await postgres.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private NpgsqlCommand Command(string sql, object[] arguments)
    {
        var command = DataSource.CreateCommand(sql);
        foreach (var argument in arguments) command.Parameters.Add(new() { Value = argument });
        return command;
    }
}
