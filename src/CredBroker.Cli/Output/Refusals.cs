using System.Globalization;
using CredBroker.Client;
using Grpc.Core;

namespace CredBroker.Cli.Output;

/// <summary>What the broker refused, told to a person: what, and what can be done.</summary>
internal static class Refusals
{
    /// <summary>Writes error and hint to standard error, and gives the exit code that goes with them.</summary>
    public static ExitCode Tell(Terminal terminal, BrokerRefusal refusal)
    {
        var (code, error, hint) = Words(refusal);
        terminal.Fail(error, hint);
        return code;
    }

    private static (ExitCode Code, string Error, string? Hint) Words(BrokerRefusal refusal) => refusal switch
    {
        { IsUnreachable: true } => (ExitCode.Unreachable, "no broker answers there", "is it running, and is this its --socket or --address?"),
        { Status: StatusCode.Unavailable } => (ExitCode.Unreachable, Message(refusal, "the broker cannot work at the moment"), "try again in a moment"),
        { Status: StatusCode.DeadlineExceeded } => (ExitCode.Unreachable, "the broker did not answer in time", "try again in a moment"),
        { Status: StatusCode.PermissionDenied, ApprovalId: { } approval } =>
            (ExitCode.Denied, "approval required", $"credbroker approval await {approval}, then mint again with --approval {approval}"),
        { Status: StatusCode.PermissionDenied, Reason: "DENIED" } => (ExitCode.Denied, "denied", Decision(refusal)),
        // Only an administrator is told more.
        { Status: StatusCode.PermissionDenied } => (ExitCode.Denied, Message(refusal, "denied"), Decision(refusal)),
        { Status: StatusCode.Unauthenticated, Reason: "NO_CREDENTIAL" } =>
            (ExitCode.Denied, Message(refusal, "the broker does not know who calls"), "give --identity, --evidence or --client-cert, or call over the broker's Unix socket"),
        { Status: StatusCode.Unauthenticated, Reason: "IDENTITY_TOKEN_REFUSED" } =>
            (ExitCode.Denied, "the identity is not accepted: it may have expired", "credbroker attest"),
        { Status: StatusCode.Unauthenticated } => (ExitCode.Denied, Message(refusal, "denied"), Decision(refusal)),
        { Status: StatusCode.InvalidArgument } => (ExitCode.Usage, Message(refusal, "the broker refused the request as malformed"), null),
        { Status: StatusCode.ResourceExhausted } => (ExitCode.TooMuch, Message(refusal, "too much"), Later(refusal)),
        { Status: StatusCode.Internal, CorrelationId: { } id } => (ExitCode.Failed, "the broker failed", $"its log has it as {id}"),
        { Status: StatusCode.Unimplemented } => (ExitCode.Failed, "the broker does not offer this", "is it of the same version? credbroker version"),
        _ => (ExitCode.Failed, Message(refusal, refusal.Status.ToString()), null),
    };

    private static string Message(BrokerRefusal refusal, string otherwise) => refusal.Message.Length > 0 ? refusal.Message : otherwise;

    private static string? Decision(BrokerRefusal refusal) =>
        refusal.DecisionId is { } id ? $"an administrator can look up decision {id}" : null;

    private static string? Later(BrokerRefusal refusal) => refusal.RetryAfter is { } delay
        ? string.Create(CultureInfo.InvariantCulture, $"try again in {Math.Ceiling(delay.TotalSeconds)} s")
        : null;
}
