using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Past;

/// <summary>Log messages 4100-4199.</summary>
internal static partial class PastLog
{
    [LoggerMessage(4100, LogLevel.Information, "This replica judges decisions by candidate {Candidate}, from transaction {Xid} on")]
    public static partial void ShadowFollowed(this ILogger log, Guid candidate, ulong xid);

    [LoggerMessage(4101, LogLevel.Error, "Candidate {Candidate} does not read by the rules of this program, so nothing is judged by it")]
    public static partial void ShadowUnreadable(this ILogger log, Guid candidate);
}
