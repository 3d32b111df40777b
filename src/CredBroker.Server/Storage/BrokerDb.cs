using System.Data.Common;
using System.Text.RegularExpressions;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>Every table, for all but the hot path. Nothing is tracked unless asked for; keys are always ours, never generated.</summary>
internal sealed partial class BrokerDb(DbContextOptions<BrokerDb> options) : DbContext(options)
{
    /// <summary>EF Core's own list of what was applied; ours, with digests, is <c>schema_files</c>.</summary>
    public const string HistoryTable = "schema_history";

    public DbSet<SchemaFileRow> SchemaFiles => Set<SchemaFileRow>();

    public DbSet<CatalogVersionRow> CatalogVersions => Set<CatalogVersionRow>();

    public DbSet<CatalogHeadRow> CatalogHead => Set<CatalogHeadRow>();

    public DbSet<TaskRow> Tasks => Set<TaskRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<AuthorizationRow> Authorizations => Set<AuthorizationRow>();

    public DbSet<RevocationRow> Revocations => Set<RevocationRow>();

    public DbSet<AuditEntryRow> AuditEntries => Set<AuditEntryRow>();

    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    public DbSet<ReplicaRow> Replicas => Set<ReplicaRow>();

    public DbSet<JoinTokenRow> JoinTokens => Set<JoinTokenRow>();

    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<ApprovalRow> Approvals => Set<ApprovalRow>();

    public DbSet<ApprovalVoteRow> ApprovalVotes => Set<ApprovalVoteRow>();

    public DbSet<ShadowRow> Shadows => Set<ShadowRow>();

    public DbSet<ShadowChangeRow> ShadowChanges => Set<ShadowChangeRow>();

    /// <summary>Over a pool of connections: what the process uses.</summary>
    public static void Configure(DbContextOptionsBuilder builder, NpgsqlDataSource source) =>
        builder.UseNpgsql(source, o => o.MigrationsHistoryTable(HistoryTable))
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);

    /// <summary>Over one open connection, for work that holds a lock or a transaction of its own.</summary>
    public static BrokerDb Over(DbConnection connection) => new(new DbContextOptionsBuilder<BrokerDb>()
        .UseNpgsql(connection, o => o.MigrationsHistoryTable(HistoryTable))
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<TaskState>().HaveConversion<short>();
        configurationBuilder.Properties<EndCause>().HaveConversion<short>();
        configurationBuilder.Properties<AuditKind>().HaveConversion<short>();
        configurationBuilder.Properties<ApprovalState>().HaveConversion<short>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var table in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var column in table.GetProperties()) column.SetColumnName(SnakeCase(column.Name));
            foreach (var key in table.FindPrimaryKey()?.Properties ?? []) key.ValueGenerated = ValueGenerated.Never;
        }
    }

    private static string SnakeCase(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex WordStart();
}
