using System.Diagnostics;
using System.Globalization;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace CredBroker.Server.Hosting;

/// <summary>The one map from what happened inside to what a caller sees: a gRPC status with google.rpc details.</summary>
internal static class StatusMap
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "credbroker";

    /// <summary>What stands in the place of a reason that the caller may not know (errors.proto, REASON_DENIED).</summary>
    public const string Denied = "DENIED";

    private const string DetailsKey = "grpc-status-details-bin";

    /// <summary>The gRPC status code of a reason.</summary>
    public static StatusCode CodeOf(Reason reason) => (int)reason switch
    {
        >= 1 and < 100 => StatusCode.InvalidArgument,
        < 300 => StatusCode.PermissionDenied,
        < 400 => StatusCode.Unauthenticated,
        < 500 => StatusCode.ResourceExhausted,
        < 600 => StatusCode.AlreadyExists,
        < 700 => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };

    /// <summary>
    /// What a caller sees of a refusal. Denials of authority and refused evidence say nothing but the decision id, unless the caller is
    /// an administrator: an agent that probes must not learn which door is locked and which is painted on.
    /// </summary>
    /// <param name="refusal">What was refused and why.</param>
    /// <param name="decisionId">The decision in the audit; given whenever authority or evidence was refused.</param>
    /// <param name="mayKnow">True when the caller is an administrator.</param>
    /// <param name="retryAfter">When to try again, for what is too much.</param>
    /// <param name="approval">The approval that is needed: such a denial is told whoever the caller is.</param>
    public static RpcException Of(
        Refusal refusal, DecisionId? decisionId, bool mayKnow, TimeSpan? retryAfter = null, ApprovalNeeded? approval = null)
    {
        var code = CodeOf(refusal.Reason);
        var hidden = !mayKnow && refusal.IsDenial && approval is null;
        var (reason, message) = hidden ? (Denied, "denied") : (NameOf(refusal.Reason), MessageOf(refusal));

        var info = new ErrorInfo { Domain = Domain, Reason = reason };
        if (decisionId is { } id) info.Metadata["decision_id"] = id.ToString();
        if (!hidden && refusal.Field is { } field) info.Metadata["field"] = field;
        if (approval is not null) Describe(info, approval);

        var status = new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        if (!hidden && refusal.Field is { } name && code == StatusCode.InvalidArgument)
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = name, Description = message } } }));
        if (retryAfter is { } delay)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));

        return new RpcException(new Status(code, message), new Metadata { { DetailsKey, status.ToByteArray() } });
    }

    /// <summary>What a caller sees of what the gRPC layer refuses by itself, before the pipeline or beside it.</summary>
    public static RpcException Of(CallRefusal cause, Status status) => Of(new(ReasonOf(cause), Detail: status.Detail), null, mayKnow: false);

    /// <summary>What a caller sees of a bug: a correlation id and no text.</summary>
    public static RpcException Internal(Guid correlationId)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = NameOf(Reason.Internal), Metadata = { ["correlation_id"] = correlationId.ToString() } };
        var status = new Google.Rpc.Status { Code = (int)StatusCode.Internal, Message = "internal error", Details = { Any.Pack(info) } };
        return new RpcException(new Status(StatusCode.Internal, "internal error"), new Metadata { { DetailsKey, status.ToByteArray() } });
    }

    /// <summary>The name of a reason on the wire: UPPER_SNAKE_CASE, as google.rpc.ErrorInfo wants it.</summary>
    public static string NameOf(Reason reason) => reason.Word();

    private static void Describe(ErrorInfo info, ApprovalNeeded approval)
    {
        info.Metadata["approval_id"] = approval.Id.ToString();
        info.Metadata["expires_at"] = approval.ExpiresAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        info.Metadata["groups"] = string.Join(',', approval.Groups);
        info.Metadata["covers"] = CapabilityJson.ToText(approval.Covers);
    }

    private static Reason ReasonOf(CallRefusal cause) => cause switch
    {
        CallRefusal.MessageTooLarge => Reason.MessageTooLarge,
        CallRefusal.ServerStopping => Reason.ShuttingDown,
        _ => throw new UnreachableException(),
    };

    private static string MessageOf(Refusal refusal) => refusal switch
    {
        { Field: { } field, Detail: { } detail } => $"{field}: {detail}",
        { Detail: { } detail } => detail,
        { Field: { } field } => $"{field}: {Words(refusal.Reason)}",
        _ => Words(refusal.Reason),
    };

    private static string Words(Reason reason) => NameOf(reason).Replace('_', ' ').ToLowerInvariant();
}
