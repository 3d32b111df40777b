using Grpc.AspNetCore.Server.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>The way from a call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    private const string HttpContextKey = "__HttpContext";

    /// <summary>The HTTP request of a call that came over Kestrel, or the one in UserState["__HttpContext"] of a call made for a test.</summary>
    /// <exception cref="InvalidOperationException">The call has none.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is ServerCall call) return call.Http;

        return serverCallContext.UserState.TryGetValue(HttpContextKey, out var context) && context is HttpContext http
            ? http
            : throw new InvalidOperationException("This call has no HTTP context.");
    }
}
