using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Requests that are not gRPC at all are answered in plain HTTP. Source: grpc/doc/PROTOCOL-HTTP2.md, Requests.</summary>
internal static class RequestRefusal
{
    /// <summary>True if the request was refused and the answer is ready.</summary>
    public static bool TryRefuse(HttpContext http)
    {
        if (!GrpcProtocol.IsGrpcContentType(http.Request.ContentType))
        {
            Answer(http, StatusCodes.Status415UnsupportedMediaType, "The content type is not application/grpc.");
            return true;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            // RFC 9110 section 15.5.22: 426 says which protocol would do.
            http.Response.Headers.Upgrade = "h2c";
            http.Response.Headers.Connection = "Upgrade";
            Answer(http, StatusCodes.Status426UpgradeRequired, "gRPC needs HTTP/2.");
            return true;
        }

        return false;
    }

    private static void Answer(HttpContext http, int httpStatus, string detail)
    {
        http.Response.StatusCode = httpStatus;
        http.Response.Headers.GrpcStatus = GrpcProtocol.StatusNumber(StatusCode.Internal);
        http.Response.Headers.GrpcMessage = detail;
    }
}
