using CredBroker.Core.Tasks;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CredBroker.IntegrationTests.Storage;

/// <summary>There is no snapshot of the model: the SQL files are the schema, and this holds the row classes to it.</summary>
public sealed class ModelTests(Postgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_model_is_the_schema_in_tables_columns_types_nullability_and_keys()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var schema = await database.ColumnAsync<string>("""
            SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                          CASE WHEN a.attnotnull THEN '' ELSE ' null' END,
                          coalesce(' key ' || array_position(k.indkey::int2[], a.attnum), ''))
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname <> 'schema_history'
            ORDER BY 1
            """);

        using var db = Db(database);
        var model = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).Select(Line).Order(StringComparer.Ordinal);

        Assert.Equal(schema.Order(StringComparer.Ordinal), model);
    }

    [Fact]
    public async Task What_the_model_leaves_to_the_database_has_a_default_there()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var defaults = await database.ColumnAsync<string>(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE column_default IS NOT NULL");

        using var db = Db(database);
        var left = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties())
            .Where(p => p.ValueGenerated != ValueGenerated.Never).Select(p => $"{p.DeclaringType.GetTableName()}.{p.GetColumnName()}").ToList();

        Assert.NotEmpty(left);
        Assert.Subset(defaults.ToHashSet(), left.ToHashSet());
    }

    [Fact]
    public async Task A_task_comes_back_as_it_was_stored()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var now = Deadlines.ToMicroseconds(TimeProvider.System.GetUtcNow());
        var root = TaskId.New(now).Value;
        var child = TaskId.New(now.AddMilliseconds(1)).Value;
        using (var db = Db(database))
        {
            db.AddRange(Task(root, root, null, now), Task(child, root, root, now));
            await db.SaveChangesAsync(Ct);
        }

        using var again = Db(database);
        var read = await again.Tasks.SingleAsync(t => t.Id == child, Ct);

        Assert.Equal([root], read.Ancestors);
        Assert.Equal(now.AddHours(1), read.Deadline);
        Assert.Equal(DateTimeOffset.MaxValue, read.HeartbeatDue);
        Assert.Equal(TimeSpan.FromSeconds(90), read.HeartbeatInterval);
        Assert.Equal(["secrets"], read.History);
        Assert.InRange(read.CreatedAt, now.AddMinutes(-1), now.AddMinutes(1));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE heartbeat_due = 'infinity'"));
    }

    [Fact]
    public async Task A_guarded_update_over_the_model_counts_its_rows()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var now = TimeProvider.System.GetUtcNow();
        var id = TaskId.New(now).Value;
        using var db = Db(database);
        db.Add(Task(id, id, null, now));
        await db.SaveChangesAsync(Ct);

        var first = await EndAsync(db, id, now);
        var second = await EndAsync(db, id, now);

        Assert.Equal((1, 0), (first, second));
        Assert.Equal((short)EndCause.Completed, await database.ScalarAsync<short>("SELECT end_cause FROM tasks"));
    }

    private static Task<int> EndAsync(BrokerDb db, Guid id, DateTimeOffset now) => db.Tasks
        .Where(t => t.Id == id && t.State == TaskState.Active)
        .ExecuteUpdateAsync(s => s.SetProperty(t => t.State, TaskState.Ended).SetProperty(t => t.EndedAt, now)
            .SetProperty(t => t.EndCause, EndCause.Completed), Ct);

    private static TaskRow Task(Guid id, Guid root, Guid? parent, DateTimeOffset now) => new()
    {
        Id = id,
        RootId = root,
        ParentId = parent,
        Ancestors = parent is { } above ? [above] : [],
        Workload = "spiffe://example.org/agent",
        Initiator = "user:ada",
        Intent = "tidy the backlog",
        Envelope = "[]",
        CatalogVersion = 1,
        State = TaskState.Active,
        Deadline = Deadlines.ToMicroseconds(now.AddHours(1)),
        HeartbeatInterval = TimeSpan.FromSeconds(90),
        History = ["secrets"],
        Budget = 10,
    };

    private static string Line(IProperty p)
    {
        var key = p.DeclaringType.ContainingEntityType.FindPrimaryKey()?.Properties.ToList().IndexOf(p) ?? -1;
        return $"{p.DeclaringType.GetTableName()}.{p.GetColumnName()} {p.GetColumnType()}{(p.IsNullable ? " null" : "")}{(key < 0 ? "" : $" key {key}")}";
    }

    private static BrokerDb Db(TestDatabase database)
    {
        var builder = new DbContextOptionsBuilder<BrokerDb>();
        BrokerDb.Configure(builder, database.DataSource);
        return new(builder.Options);
    }
}
