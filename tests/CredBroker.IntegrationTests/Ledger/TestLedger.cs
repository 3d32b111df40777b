using System.Security.Cryptography;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>A ledger on a database of its own, and what a test needs to arrange around it.</summary>
internal sealed class TestLedger : IAsyncDisposable
{
    private readonly TestDatabase? _owned;
    private readonly string _connectionString;

    private TestLedger(TestDatabase? owned, NpgsqlDataSource database, string connectionString, LedgerOptions options)
    {
        _owned = owned;
        _connectionString = connectionString;
        Database = database;
        Parts = new(new(connectionString, options), options, new(), TimeProvider.System);
        Mints = new(Parts);
        Uses = new(Parts);
        Tasks = new(Parts);
        Tokens = new(Parts);
        LiveTokens = new(Parts);
        Audit = new(Parts);
        Ending = new(TimeProvider.System);
    }

    public NpgsqlDataSource Database { get; }

    public LedgerParts Parts { get; }

    public MintLedger Mints { get; }

    public AuthorizeLedger Uses { get; }

    public TaskReader Tasks { get; }

    public TokenReader Tokens { get; }

    public LiveTokenReader LiveTokens { get; }

    public AuditAppender Audit { get; }

    public TaskEnding Ending { get; }

    /// <summary>The one signing key that is published.</summary>
    public const string Kid = "key-1";

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static async Task<TestLedger> StartAsync(Postgres postgres, LedgerOptions? options = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        return await PublishedAsync(new(database, database.DataSource, database.ConnectionString, options ?? new()));
    }

    /// <summary>A second replica on the same database.</summary>
    public TestLedger Beside() => new(null, Database, _connectionString, Parts.Options);

    /// <summary>On a database that the caller owns.</summary>
    public static Task<TestLedger> OnAsync(NpgsqlDataSource database, string connectionString, LedgerOptions options) =>
        PublishedAsync(new(null, database, connectionString, options));

    // Nothing is minted, and no token is valid, by a key that is not published.
    private static async Task<TestLedger> PublishedAsync(TestLedger ledger)
    {
        await ledger.ExecuteAsync("INSERT INTO signing_keys VALUES ($1, gen_random_uuid(), '{}', now(), now() + interval '1 h', now() + interval '26 h')", Kid);
        return ledger;
    }

    public async ValueTask DisposeAsync()
    {
        await Mints.DisposeAsync();
        await Uses.DisposeAsync();
        await Tasks.DisposeAsync();
        await Tokens.DisposeAsync();
        await LiveTokens.DisposeAsync();
        await Audit.DisposeAsync();
        await Parts.Source.DisposeAsync();
        Parts.Meter.Dispose();
        if (_owned is not null) await _owned.DisposeAsync();
    }

    public async Task<int> ExecuteAsync(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteNonQueryAsync(Ct);
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        Assert.True(await reader.ReadAsync(Ct));
        return await reader.GetFieldValueAsync<T>(0, Ct);
    }

    /// <summary>Starts a task as the broker does: a child share-locks all tasks above it, in the order of their ids.</summary>
    public async Task<TaskId> StartTaskAsync(TaskId? parent = null, int budget = 1_000, TimeSpan? timeToLive = null, TimeSpan? heartbeat = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var task = await StartTaskAsync(transaction, parent, budget, timeToLive, heartbeat) ?? throw new InvalidOperationException("the parent is over");
        await transaction.CommitAsync(Ct);
        return task;
    }

    /// <summary>The same within a transaction; null: a task above is over.</summary>
    public static async Task<TaskId?> StartTaskAsync(
        NpgsqlTransaction transaction, TaskId? parent, int budget = 1_000, TimeSpan? timeToLive = null, TimeSpan? heartbeat = null)
    {
        Guid[] ancestors = [];
        if (parent is { } above)
        {
            await using var read = new NpgsqlCommand("SELECT ancestors || id FROM tasks WHERE id = $1", transaction.Connection, transaction);
            read.Parameters.Add(new() { Value = above.Value });
            ancestors = (Guid[])(await read.ExecuteScalarAsync(Ct))!;
            await using var share = new NpgsqlCommand(
                "SELECT count(*) FROM (SELECT FROM tasks WHERE id = ANY($1) AND state = 1 ORDER BY id FOR SHARE) l", transaction.Connection, transaction);
            share.Parameters.Add(new() { Value = ancestors });
            if ((long)(await share.ExecuteScalarAsync(Ct))! != ancestors.Length) return null;
        }

        // Ids of one millisecond are in no order, and a child's must be above its parent's.
        TaskId id;
        do id = TaskId.New(Now); while (parent is { } p && id.Value.CompareTo(p.Value) <= 0);
        await using var insert = new NpgsqlCommand("""
            INSERT INTO tasks (id, root_id, parent_id, ancestors, workload, initiator, intent, envelope, catalog_version, state, deadline,
                               heartbeat_interval, heartbeat_due, budget)
            VALUES ($1, $2, $3, $4, 'spiffe://test/agent', 'user:alice', 'to test', '[]', 0, 1, clock_timestamp() + $5, $6,
                    coalesce(clock_timestamp() + $6, 'infinity'), $7)
            """, transaction.Connection, transaction);
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = id.Value },
            new() { Value = ancestors.Length > 0 ? ancestors[0] : id.Value },
            new NpgsqlParameter<Guid?> { TypedValue = parent?.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = ancestors },
            new() { Value = timeToLive ?? TimeSpan.FromMinutes(10) },
            new NpgsqlParameter<TimeSpan?> { TypedValue = heartbeat, NpgsqlDbType = NpgsqlDbType.Interval },
            new() { Value = budget },
        });
        await insert.ExecuteNonQueryAsync(Ct);
        return id;
    }

    /// <summary>An ask whose decision saw the task as it is now.</summary>
    public async Task<MintCommit> AskAsync(TaskId task, RequestId? request = null, params string[] grows)
    {
        var row = await Tasks.ReadAsync(task, Ct);
        return Ask(row!, await ScalarAsync<int>("SELECT version FROM catalog_head"), request, grows);
    }

    public static MintCommit Ask(TaskRow row, int catalog, RequestId? request = null, params string[] grows)
    {
        var now = Now;
        var decision = DecisionId.New(now);
        var content = request ?? NewRequest();
        return new()
        {
            Jti = Jti.Derive(row.Id, content),
            TaskId = row.Id,
            RootId = row.RootId,
            HistoryVersion = row.HistoryVersion,
            CatalogVersion = catalog,
            Grows = grows,
            Counts = "mail:write",
            Tool = "mail",
            Action = "send",
            Resource = "/outbox/alice",
            ParametersJson = """{"to":"bob@example.org"}""",
            Audience = "https://mail.example.org",
            Cnf = "jkt:0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            Kid = Kid,
            IssuedAt = now,
            ExpiresAt = now.AddMinutes(1),
            DecisionId = decision,
            AskDigest = SHA256.HashData(content.Value.ToByteArray()),
            TokenHash = SHA256.HashData(decision.Value.ToByteArray()),
            Audit = AuditEntry.Of(Guid.CreateVersion7(now), AuditKind.TokenMinted, row.Id.Value, decision.Value, $$"""{"decision":"{{decision}}"}"""),
        };
    }

    /// <summary>The same request decided once more: same token, another decision.</summary>
    public static MintCommit AgainBy(MintCommit ask)
    {
        var decision = DecisionId.New(Now);
        return ask with
        {
            DecisionId = decision,
            Audit = AuditEntry.Of(Guid.CreateVersion7(Now), AuditKind.TokenMinted, ask.TaskId.Value, decision.Value, "{}"),
        };
    }

    public static RequestId NewRequest() => RequestId.Of(Guid.CreateVersion7(Now));

    /// <summary>Ends tasks in a transaction of their own; after a deadlock in another one, as all who end tasks do.</summary>
    public async Task<IReadOnlyList<EndedTask>> EndAsync(EndCause cause, params TaskId[] tasks)
    {
        for (; ; )
        {
            try
            {
                return await TryEndAsync(cause, tasks);
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
            }
        }
    }

    private async Task<IReadOnlyList<EndedTask>> TryEndAsync(EndCause cause, TaskId[] tasks)
    {
        await using var connection = await Database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var ended = await Ending.EndAsync(transaction, new(tasks, cause, "done", EntryOf), Ct);
        await transaction.CommitDurablyAsync();
        return ended;
    }

    public static AuditEntry EntryOf(EndedTask task) => AuditEntry.Of(
        Guid.CreateVersion7(Now), AuditKind.TaskEnded, task.Id.Value, null, $$"""{"task":"{{task.Id}}","cause":"{{task.Cause}}"}""");

    public Task ApplyCatalogAsync() => ApplyCatalogAsync(Database, "SELECT 1");

    /// <summary>As ApplyCatalog does: the lock as a statement of its own, then the head.</summary>
    public static async Task ApplyCatalogAsync(NpgsqlDataSource database, string also)
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new("SELECT pg_advisory_xact_lock(7001)"), new("UPDATE catalog_head SET version = version + 1"), new(also) },
        };
        await batch.ExecuteNonQueryAsync(Ct);
        await transaction.CommitAsync(Ct);
    }

    /// <summary>Sends asks as one batch of a writer loop, or of the patient one; null: not decided.</summary>
    public async Task<IReadOnlyList<MintOutcome?>> SendAsync(bool patient, params MintCommit[] asks)
    {
        await using var lane = new Lane<MintCommit, MintOutcome>(Parts.Source, () => new MintStatement(patient));
        var pending = asks.Select(ask => new Pending<MintCommit, MintOutcome>(ask, 0, Ct)).ToList();
        var answers = pending.Select(each => each.WaitAsync()).ToList();
        if (await lane.TryAsync(pending) is { } failure) throw failure;
        foreach (var each in pending) each.Give();
        return [.. await Task.WhenAll(pending.Zip(answers, async (each, answer) => each.HasAnswer ? await answer : (MintOutcome?)null))];
    }

    /// <summary>Waits until something is so, for at most ten seconds.</summary>
    public async Task UntilAsync(string condition, params object[] arguments)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await ScalarAsync<bool>($"SELECT {condition}", arguments))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10), $"never: {condition}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    private NpgsqlCommand Command(string sql, object[] arguments)
    {
        var command = Database.CreateCommand(sql);
        foreach (var argument in arguments) command.Parameters.Add(new() { Value = argument });
        return command;
    }
}
