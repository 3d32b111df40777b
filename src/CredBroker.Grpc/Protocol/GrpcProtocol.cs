using System.Collections.Frozen;

namespace Grpc.Protocol;

/// <summary>The words of the wire. Source: grpc/doc/PROTOCOL-HTTP2.md.</summary>
internal static class GrpcProtocol
{
    public const string ContentType = "application/grpc";
    public const string ContentTypeProto = "application/grpc+proto";

    public const string StatusHeader = "grpc-status";
    public const string MessageHeader = "grpc-message";
    public const string TimeoutHeader = "grpc-timeout";
    public const string EncodingHeader = "grpc-encoding";
    public const string AcceptEncodingHeader = "grpc-accept-encoding";

    /// <summary>4 MiB, the limit that every gRPC implementation starts with (GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH).</summary>
    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>
    /// Bound on grpc-message on the wire, in bytes. C-core refuses header lists above 8 KiB (GRPC_ARG_MAX_METADATA_SIZE),
    /// and then the caller would see that refusal instead of the status.
    /// </summary>
    public const int MaxEncodedDetail = 4096;

    /// <summary>INTERNAL_ERROR. RST_STREAM codes: RFC 9113 section 7; what a caller makes of them: PROTOCOL-HTTP2.md, Errors.</summary>
    public const int Http2InternalError = 2;

    /// <summary>CANCEL: how a server ends a call "when the payload byte sequence is incomplete".</summary>
    public const int Http2Cancel = 8;

    /// <summary>Headers that belong to the protocol: never shown as metadata, never taken from metadata.</summary>
    private static readonly FrozenSet<string> ReservedNames = new[]
    {
        StatusHeader, MessageHeader, TimeoutHeader, EncodingHeader, AcceptEncodingHeader,
        "content-type", "content-length", "te", "host", "accept-encoding", "connection", "keep-alive",
        "transfer-encoding", "upgrade", "trailer", "proxy-connection",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Boxed once: the numbers of all statuses as they stand on the wire.
    private static readonly string[] StatusNumbers = [.. Enumerable.Range(0, 17).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    public static bool IsReserved(string name) => name.StartsWith(':') || ReservedNames.Contains(name);

    public static string StatusNumber(Core.StatusCode code) =>
        (uint)code < (uint)StatusNumbers.Length ? StatusNumbers[(int)code] : StatusNumbers[(int)Core.StatusCode.Unknown];

    /// <summary>Codes that this version does not know are UNKNOWN (grpc/doc/statuscodes.md).</summary>
    public static Core.StatusCode StatusOf(string number)
    {
        var index = Array.IndexOf(StatusNumbers, number);
        return index >= 0 ? (Core.StatusCode)index : Core.StatusCode.Unknown;
    }

    /// <summary>"application/grpc", alone or with "+proto" or parameters. Other suffixes name codecs that nobody here can read.</summary>
    public static bool IsGrpcContentType(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)) return false;

        var rest = contentType.AsSpan(ContentType.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase)) rest = rest["+proto".Length..];
        return rest.IsEmpty || rest.TrimStart(' ').StartsWith(';');
    }
}
