using CredBroker.Server.Approvals;
using CredBroker.Server.Attestation;
using CredBroker.Server.Catalog;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Past;
using CredBroker.Server.Revocation;
using CredBroker.Server.Storage;
using CredBroker.Server.Tasks;
using CredBroker.Server.Tokens;
using CredBroker.Server.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Hosting;

/// <summary>Composes the process: reads like its table of contents.</summary>
internal static class Broker
{
    /// <summary>A broker over a database that has its schema; it answers once it is started.</summary>
    /// <param name="options">How it runs; checked before.</param>
    /// <param name="connectionString">The database.</param>
    /// <param name="clock">The one clock.</param>
    /// <param name="logging">Where logs go; null: nowhere.</param>
    /// <exception cref="StartException">An address cannot be listened on.</exception>
    public static WebApplication Compose(BrokerOptions options, string connectionString, TimeProvider clock, Action<ILoggingBuilder>? logging)
    {
        // The builder watches its content root for changed settings, with all below it: never the folder that the process was started in,
        // which may be the root of the file system.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.RemoveAll<ILoggerProvider>();
        logging?.Invoke(builder.Logging);

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(clock);
        services.AddSingleton(Replica.New(clock));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));

        services.AddStorage(connectionString);
        services.AddLedger(connectionString, options.Ledger);
        services.AddKeys();
        services.AddWire();
        services.AddAttestation();
        services.AddTasks();
        services.AddTokens();
        services.AddApprovals();
        services.AddRevocation();
        services.AddCatalog();
        services.AddPast();
        services.AddHosting(options);
        services.AddJobs();

        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = UnixSocketFile.CreateListenSocket);
        builder.WebHost.ConfigureKestrel(kestrel =>
            Listeners.Configure(kestrel, options, kestrel.ApplicationServices.GetRequiredService<ClientCertificates>()));

        var app = builder.Build();
        Endpoints.Map(app);
        return app;
    }
}
