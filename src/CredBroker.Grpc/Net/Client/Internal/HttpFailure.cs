using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// What went wrong below gRPC, as a status. Sources: grpc/doc/http-grpc-status-mapping.md, and grpc/doc/PROTOCOL-HTTP2.md (Errors).
/// </summary>
internal static class HttpFailure
{
    public static bool IsExpected(Exception e) => e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>For answers without a grpc-status.</summary>
    public static StatusCode StatusOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests => StatusCode.Unavailable,
        HttpStatusCode.BadGateway => StatusCode.Unavailable,
        HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
        HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>For connections and streams that broke.</summary>
    public static Status StatusOf(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException http) return new Status(StatusOf(http.ErrorCode), "The server reset the stream.", failure);
        }

        return failure is HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError }
            ? new Status(StatusCode.Internal, "The server does not speak HTTP/2.", failure)
            : new Status(StatusCode.Unavailable, "The server cannot be reached, or the connection to it was lost.", failure);
    }

    /// <summary>True if no byte of the request was sent.</summary>
    public static bool IsConnectFailure(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
    };

    private static StatusCode StatusOf(long http2ErrorCode) => http2ErrorCode switch
    {
        // NO_ERROR is INTERNAL in the source. HttpClient however says it of a connection that a stopping server closed
        // (GOAWAY), also when the end of the response was there and not yet read: that is a server that is going away.
        0x0 => StatusCode.Unavailable,
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: not processed
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
