using CredBroker.Core.Catalog;
using Grpc.AspNetCore.Server;
using Grpc.HealthCheck;
using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Hosting;

/// <summary>Registers what cuts across.</summary>
internal static class HostingSlice
{
    public static void AddHosting(this IServiceCollection services, BrokerOptions options)
    {
        services.AddSingleton<HealthServiceImpl>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<DatabaseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseWatch>());
        services.AddHostedService<Preparation>();
        services.AddHostedService<Telemetry>();
        services.AddSingleton<PublicOrigins>();
        services.AddSingleton<DpopGate>();
        services.AddSingleton<CallRates>();
        services.AddSingleton<CallBounds>();
        services.AddSingleton<Denials>();
        services.AddSingleton<Authentication>();
        services.AddSingleton<Pipeline>();
        services.AddSingleton<PeerWorkloads>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxMessageBytes;
            grpc.RefusalAnswer = StatusMap.Of;
            grpc.Interceptors.Add<Pipeline>();
        });
        services.AddGrpcReflection();
        services.Configure<GrpcServiceOptions<Services.AdminService>>(admin => admin.MaxReceiveMessageSize = CatalogBytes);
    }

    // The files of a catalog, and room for their names.
    private const int CatalogBytes = CatalogFiles.MaxTotalBytes + (64 * 1024);
}
