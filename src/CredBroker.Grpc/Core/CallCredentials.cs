namespace Grpc.Core;

/// <summary>Adds metadata that prove who calls, such as a token.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

/// <summary>The call for which metadata are asked.</summary>
public sealed class AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken = default)
{
    /// <summary>Address of the service, without the method.</summary>
    public string ServiceUrl { get; } = serviceUrl;

    /// <summary>Name of the method, without the service.</summary>
    public string MethodName { get; } = methodName;

    /// <summary>Ends with the call.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>Credentials that go with each call as metadata.</summary>
public sealed class CallCredentials
{
    private CallCredentials(IReadOnlyList<AsyncAuthInterceptor> interceptors) => Interceptors = interceptors;

    internal IReadOnlyList<AsyncAuthInterceptor> Interceptors { get; }

    /// <summary>All of the given ones, in order.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials) =>
        new([.. credentials.SelectMany(one => one.Interceptors)]);

    /// <summary>From a function.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new CallCredentials([interceptor]);
    }
}
