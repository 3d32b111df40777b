using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>The interceptors of a server, in the order in which they run.</summary>
public sealed class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Adds an interceptor; what its constructor needs beside the arguments comes from dependency injection.</summary>
    public void Add<TInterceptor>(params object[] args)
        where TInterceptor : Interceptor => Add(typeof(TInterceptor), args);

    /// <summary>Adds an interceptor; what its constructor needs beside the arguments comes from dependency injection.</summary>
    public void Add(Type interceptorType, params object[] args) => Add(new InterceptorRegistration(interceptorType, args));
}

/// <summary>An interceptor that is made when the services are mapped, and lives as long as the server.</summary>
public sealed class InterceptorRegistration
{
    private readonly object[] _args;

    internal InterceptorRegistration(Type type, object[] args)
    {
        if (!type.IsAssignableTo(typeof(Interceptor)))
            throw new ArgumentException($"{type} is not an interceptor.", nameof(type));

        Type = type;
        _args = args;
    }

    /// <summary>Its type.</summary>
    public Type Type { get; }

    /// <summary>Arguments for its constructor.</summary>
    public IReadOnlyList<object> Arguments => _args;

    internal Interceptor Create(IServiceProvider services) =>
        (Interceptor)(_args.Length == 0 && services.GetService(Type) is { } registered
            ? registered
            : ActivatorUtilities.CreateInstance(services, Type, _args));
}
