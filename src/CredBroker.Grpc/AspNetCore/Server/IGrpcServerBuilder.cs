using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Adds to the registration of gRPC.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>Where the services are registered.</summary>
    IServiceCollection Services { get; }
}
