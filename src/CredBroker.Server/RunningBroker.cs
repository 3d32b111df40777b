using System.Net.Sockets;
using CredBroker.Server.Catalog;
using CredBroker.Server.Hosting;
using CredBroker.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredBroker.Server;

/// <summary>
/// One replica, running: its database brought up to date (and started first, when it is the embedded one), its catalog applied where a
/// folder says so, its listeners open. Disposing it drains calls and stops all that it started.
/// </summary>
public sealed class RunningBroker : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _embedded;
    private readonly WebApplication _app;

    private RunningBroker(EmbeddedPostgres? embedded, WebApplication app, IReadOnlyList<string> applied)
    {
        _embedded = embedded;
        _app = app;
        Applied = applied;
    }

    /// <summary>Where it listens: <c>unix:/path</c> first, then the addresses with the ports that the system chose.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>The migrations that were applied at this start.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>The services of the process, for tests in it.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a replica; returns when it answers calls.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="clock">The one clock.</param>
    /// <param name="logging">Where logs go; null: nowhere.</param>
    /// <param name="ct">Gives the start up.</param>
    /// <exception cref="StartException">It cannot run as it is configured, with what to do about it.</exception>
    public static async Task<RunningBroker> StartAsync(
        BrokerOptions options, TimeProvider clock, Action<ILoggingBuilder>? logging, CancellationToken ct)
    {
        OptionsCheck.Demand(options);
        var embedded = options.Database is null ? await StartEmbeddedAsync(options, clock, ct) : null;
        try
        {
            var connectionString = options.Database ?? embedded!.ConnectionString;
            var applied = await MigrateAsync(connectionString, clock, ct);
            var broker = new RunningBroker(embedded, Broker.Compose(options, connectionString, clock, logging), applied);
            await broker.OpenAsync(options, ct);
            return broker;
        }
        catch
        {
            if (embedded is not null) await embedded.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until the process is asked to stop (SIGTERM, SIGINT) or <paramref name="ct"/> is cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }

    private async Task OpenAsync(BrokerOptions options, CancellationToken ct)
    {
        try
        {
            await _app.StartAsync(ct);
            if (options.CatalogFolder is { } folder) await _app.Services.GetRequiredService<CatalogFolder>().ApplyAsync(folder, ct);
        }
        catch (Exception refused) when (refused is SocketException or IOException { InnerException: AddressInUseException })
        {
            await _app.DisposeAsync();
            throw new StartException($"cannot listen: {refused.Message}", "does another process have the address, and is it one of this machine? See Listen and WebListen");
        }
        catch
        {
            await _app.DisposeAsync();
            throw;
        }

        var listening = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Addresses =
        [
            .. options.UnixSocket is { } path ? [$"unix:{path}"] : Array.Empty<string>(),
            .. listening.Where(address => !address.Contains("unix:", StringComparison.Ordinal)),
        ];
    }

    private static async Task<EmbeddedPostgres> StartEmbeddedAsync(BrokerOptions options, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            var embedded = new EmbeddedPostgresOptions { Folder = options.DataFolder!, Durable = options.DurableDatabase };
            return await EmbeddedPostgres.StartAsync(embedded, NullLogger.Instance, clock, ct);
        }
        catch (EmbeddedPostgresException cannot)
        {
            throw new StartException(cannot.Message, cannot.Hint);
        }
    }

    private static async Task<IReadOnlyList<string>> MigrateAsync(string connectionString, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            return await Migrator.ApplyAsync(connectionString, clock, ct) switch
            {
                MigrationOutcome.Applied applied => applied.Files,
                MigrationOutcome.Refused refused => throw new StartException(refused.Message, refused.Hint),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (Npgsql.NpgsqlException away)
        {
            throw new StartException($"the database cannot be used: {away.Message}", "check the connection string, and that PostgreSQL 15 or newer runs there");
        }
    }
}
