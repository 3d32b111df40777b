using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace CredBroker.Client;

/// <summary>
/// Why a call was refused, read from the <see cref="RpcException"/> that the generated clients throw: its status, and the
/// <c>google.rpc.ErrorInfo</c> and <c>RetryInfo</c> in the trailer <c>grpc-status-details-bin</c>. What the broker did not say is null.
/// </summary>
public sealed record BrokerRefusal
{
    /// <summary>The trailer that carries a serialized <c>google.rpc.Status</c>.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>The gRPC status.</summary>
    public required StatusCode Status { get; init; }

    /// <summary>The broker's text, or that of the transport. Not to be parsed.</summary>
    public required string Message { get; init; }

    /// <summary>The name of the reason, such as <c>FIELD_MISSING</c>; <c>DENIED</c> for every denial of authority.</summary>
    public string? Reason { get; init; }

    /// <summary>What an administrator can look the refusal up by.</summary>
    public string? DecisionId { get; init; }

    /// <summary>The field of the request that was malformed.</summary>
    public string? Field { get; init; }

    /// <summary>What an operator can find a failure of the broker itself by, in its log.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>When it is worth trying again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when no broker answered: nothing listens there, or the connection broke.</summary>
    public bool IsUnreachable => Status == StatusCode.Unavailable && Reason is null;

    /// <summary>The approval that would turn a denial, to be awaited; null: none would.</summary>
    public string? ApprovalId { get; init; }

    /// <summary>True when the caller may not do what it asked for, or was not recognised.</summary>
    public bool IsDenied => Status is StatusCode.PermissionDenied or StatusCode.Unauthenticated;

    /// <summary>Reads a refusal. Never fails: a trailer that is absent or malformed leaves only the status.</summary>
    public static BrokerRefusal Of(RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var bare = new BrokerRefusal { Status = exception.StatusCode, Message = exception.Status.Detail };
        return ReadDetails(exception.Trailers.GetValueBytes(DetailsTrailer)) is { } status ? WithDetails(bare, status) : bare;
    }

    private static RpcStatus? ReadDetails(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : RpcStatus.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static BrokerRefusal WithDetails(BrokerRefusal refusal, RpcStatus status)
    {
        foreach (var detail in status.Details)
        {
            try
            {
                if (detail.TryUnpack(out ErrorInfo info)) refusal = WithInfo(refusal, info);
                else if (detail.TryUnpack(out RetryInfo retry) && retry.RetryDelay is { } delay)
                    refusal = refusal with { RetryAfter = ReadDelay(delay.Seconds, delay.Nanos) };
            }
            catch (InvalidProtocolBufferException)
            {
                // One detail that cannot be read says nothing about the others.
            }
        }

        return refusal;
    }

    private static BrokerRefusal WithInfo(BrokerRefusal refusal, ErrorInfo info) => refusal with
    {
        Reason = NullIfEmpty(info.Reason),
        DecisionId = Find(info, "decision_id"),
        Field = Find(info, "field"),
        ApprovalId = Find(info, "approval_id"),
        CorrelationId = Find(info, "correlation_id"),
    };

    private static string? Find(ErrorInfo info, string key) => info.Metadata.TryGetValue(key, out var value) ? NullIfEmpty(value) : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    // Out of range (a day is the longest that anything here asks for) counts as not said.
    private static TimeSpan? ReadDelay(long seconds, int nanos) =>
        seconds is >= 0 and <= 86_400 && nanos is >= 0 and < 1_000_000_000
            ? TimeSpan.FromSeconds(seconds) + TimeSpan.FromTicks(nanos / 100)
            : null;
}
