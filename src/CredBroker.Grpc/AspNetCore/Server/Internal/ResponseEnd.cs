using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Writes status and trailers: behind the messages, or as the only headers when there are none ("Trailers-Only").</summary>
internal static class ResponseEnd
{
    public static void Write(HttpContext http, Status status, Metadata? trailers)
    {
        var destination = http.Response.HasStarted
            ? http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : http.Response.Headers;

        if (trailers is { Count: > 0 } && !TryWrite(destination, trailers))
            status = new Status(StatusCode.Internal, "The trailers hold text outside printable ASCII.");

        CallTelemetry.Record(http, status.StatusCode);
        destination.GrpcStatus = GrpcProtocol.StatusNumber(status.StatusCode);
        if (status.Detail.Length > 0)
            destination.GrpcMessage = PercentEncoding.Encode(status.Detail, GrpcProtocol.MaxEncodedDetail);
    }

    /// <summary>False when an entry cannot stand in a header; those before it were written.</summary>
    public static bool TryWrite(IHeaderDictionary destination, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (GrpcProtocol.IsReserved(entry.Key)) continue;
            if (MetadataCodec.Encode(entry) is not { } value) return false;
            destination[entry.Key] = StringValues.Concat(destination[entry.Key], value);
        }

        return true;
    }
}
