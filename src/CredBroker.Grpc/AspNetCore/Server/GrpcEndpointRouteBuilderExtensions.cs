using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Internal;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every method of a service. The service is a singleton: the registered one, or one that is made here.
    /// </summary>
    /// <exception cref="InvalidOperationException">AddGrpc was not called, or the type is no gRPC service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.ServiceProvider;
        var unknownMethods = services.GetService<UnknownMethods>()
            ?? throw new InvalidOperationException("Call services.AddGrpc() before mapping gRPC services.");

        var all = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var own = services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var interceptors = all.Interceptors.Concat(own.Interceptors).Select(one => one.Create(services)).ToArray();
        var service = services.GetService<TService>() ?? ActivatorUtilities.CreateInstance<TService>(services);

        var binder = new EndpointBinder(builder, typeof(TService), ServiceSettings.Of<TService>(services), interceptors);
        BindMethodOf(typeof(TService)).Invoke(null, [binder, service]);
        if (all.IgnoreUnknownServices is not true) unknownMethods.AreAnswered = true;
        return new GrpcServiceEndpointConventionBuilder(binder.Bound);
    }

    /// <summary>The generated static method that takes a binder and the service.</summary>
    private static MethodInfo BindMethodOf(Type serviceType)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is not { } attribute) continue;

            var method = attribute.BindType.GetMethod(
                attribute.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
            if (method is not null) return method;
        }

        throw new InvalidOperationException($"{serviceType} is not a gRPC service: it has no base that protoc generated.");
    }
}
