using CredBroker.Server.Keys;
using CredBroker.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CredBroker.Server.Hosting;

/// <summary>What must be there before the first call: clocks that agree, the catalog in force, keys that sign and verify.</summary>
internal sealed class Preparation(
    NpgsqlDataSource database, BrokerOptions options, TimeProvider clock, LiveCatalog catalog, Partitions partitions, SigningKeys keys,
    Readiness readiness, IHostApplicationLifetime lifetime, ILogger<Preparation> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Not in StopAsync: the server is the first to be stopped, and waits there for the calls that run.
        lifetime.ApplicationStopping.Register(readiness.Draining);
        if (await Clocks.CompareAsync(database, clock, options.MaxClockDifference, cancellationToken) is { } difference)
            throw new StartException(difference.ToString(), "synchronise both machines' clocks, or raise MaxClockDifference");
        await partitions.KeepAsync(cancellationToken);
        log.CatalogInForce((await catalog.RefreshAsync(cancellationToken)).Version);
        await keys.MaintainAsync(cancellationToken);
        readiness.Prepared();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
