using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Approvals;

/// <summary>What approvals tell the operator.</summary>
internal static partial class ApprovalsLog
{
    [LoggerMessage(7001, LogLevel.Warning, "Changes of approvals are not heard of at the moment; those who wait look every few seconds")]
    public static partial void ApprovalsNotHeard(this ILogger logger, Exception exception);
}
