using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Makes an endpoint of every method that generated code binds. Interceptors are composed here, once.</summary>
internal sealed class EndpointBinder(
    IEndpointRouteBuilder endpoints, Type serviceType, ServiceSettings settings, IReadOnlyList<Interceptor> interceptors) : ServiceBinderBase
{
    public List<IEndpointConventionBuilder> Bound { get; } = [];

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var composed = Compose(handler, (interceptor, next) => (request, call) => interceptor.UnaryServerHandler(request, call, next));
        Map(method, handler, MethodRunners.Unary(method, composed));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var composed = Compose(
            handler, (interceptor, next) => (requests, call) => interceptor.ClientStreamingServerHandler(requests, call, next));
        Map(method, handler, MethodRunners.ClientStreaming(method, composed));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var composed = Compose(
            handler,
            (interceptor, next) => (request, responses, call) => interceptor.ServerStreamingServerHandler(request, responses, call, next));
        Map(method, handler, MethodRunners.ServerStreaming(method, composed));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var composed = Compose(
            handler,
            (interceptor, next) => (requests, responses, call) => interceptor.DuplexStreamingServerHandler(requests, responses, call, next));
        Map(method, handler, MethodRunners.DuplexStreaming(method, composed));
    }

    private THandler Compose<THandler>(THandler handler, Func<Interceptor, THandler, THandler> wrap) =>
        interceptors.Reverse().Aggregate(handler, (next, interceptor) => wrap(interceptor, next));

    private void Map(IMethod method, Delegate handler, Func<ServerCall, Task> run)
    {
        var endpoint = endpoints.MapPost(method.FullName, new MethodEndpoint(method, settings, run).HandleAsync);
        endpoint.WithDisplayName($"gRPC - {method.FullName}");
        endpoint.WithMetadata(new GrpcMethodMetadata(serviceType, method));
        endpoint.WithMetadata(serviceType.GetCustomAttributes(inherit: true));
        endpoint.WithMetadata(handler.Method.GetCustomAttributes(inherit: true));
        Bound.Add(endpoint);
    }
}
