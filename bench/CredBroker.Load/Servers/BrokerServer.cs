using CredBroker.Server;

namespace CredBroker.Load.Servers;

/// <summary>A replica as <c>credbroker serve</c> runs it: the embedded, durable PostgreSQL in its folder, or a database that exists.</summary>
internal static class BrokerServer
{
    public static async Task<int> RunAsync(string folder, string? database, string policies)
    {
        var catalog = Directory.CreateDirectory(Path.Combine(folder, "catalog")).FullName;
        await File.WriteAllTextAsync(Path.Combine(catalog, "broker.yaml"), BenchCatalog.Yaml);
        await File.WriteAllTextAsync(Path.Combine(catalog, "policies.cedar"), policies);
        var options = new BrokerOptions
        {
            UnixSocket = Path.Combine(folder, "s", "broker.sock"), Listen = { "http://127.0.0.1:0" }, CatalogFolder = catalog,
            Database = database, DataFolder = Path.Combine(folder, "postgres"), DurableDatabase = true, CallsPerSecond = 1_000_000,
        };
        try
        {
            await using var broker = await RunningBroker.StartAsync(options, TimeProvider.System, logging: null, CancellationToken.None);
            await ChildServer.ServeAsync(broker.Addresses);
            return 0;
        }
        catch (StartException cannot)
        {
            await Console.Error.WriteLineAsync($"error: {cannot.Message}\nhint: {cannot.Hint}");
            return 1;
        }
    }

    /// <summary>Where the embedded PostgreSQL of a broker's folder listens.</summary>
    public static string PostgresOf(string folder) => Path.Combine(folder, "postgres", "run");

    /// <summary>The process of that PostgreSQL.</summary>
    public static int PostmasterOf(string folder) => CpuMeter.PostmasterOf(Path.Combine(folder, "postgres", "data"));
}
