using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>Registers the one PostgreSQL and what is read from it.</summary>
internal static class StorageSlice
{
    public static void AddStorage(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => SourceOf(connectionString));
        services.AddDbContextFactory<BrokerDb>((provider, db) => BrokerDb.Configure(db, provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<LiveCatalog>();
        services.AddSingleton<TextKeepings>();
        services.AddSingleton(new PartitionOptions());
        services.AddSingleton<Partitions>();
    }

    // Nothing of ours runs long: a call is answered in seconds, and a forgotten transaction would hold back the feed's horizon.
    private static NpgsqlDataSource SourceOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "credbroker", Timeout = 3, CommandTimeout = 10 };
        const string Bounds = "-c idle_in_transaction_session_timeout=10s -c default_transaction_isolation=read\\ committed";
        builder.Options = string.IsNullOrEmpty(builder.Options) ? Bounds : $"{builder.Options} {Bounds}";
        // Named, or telemetry would call it by its connection string.
        return new NpgsqlDataSourceBuilder(builder.ConnectionString) { Name = "credbroker" }.Build();
    }
}
