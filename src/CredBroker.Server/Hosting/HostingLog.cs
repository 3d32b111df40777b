using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Hosting;

/// <summary>Log messages 1000-1099.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1000, LogLevel.Error, "{Method} failed; the caller was given correlation id {CorrelationId}")]
    public static partial void Unexpected(this ILogger log, string method, Guid correlationId, Exception exception);

    [LoggerMessage(1001, LogLevel.Warning, "{Method} could not reach the database")]
    public static partial void DatabaseFailed(this ILogger log, string method, Exception exception);

    [LoggerMessage(1002, LogLevel.Error, "The database is away: every call is answered UNAVAILABLE until it is back")]
    public static partial void DatabaseAway(this ILogger log, Exception? exception);

    [LoggerMessage(1003, LogLevel.Information, "The database is back")]
    public static partial void DatabaseBack(this ILogger log);

    [LoggerMessage(1004, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(this ILogger log, string address);

    [LoggerMessage(1005, LogLevel.Information, "Catalog version {Version} is in force")]
    public static partial void CatalogInForce(this ILogger log, int version);

    [LoggerMessage(1006, LogLevel.Information, "Migration {Migration} applied")]
    public static partial void MigrationApplied(this ILogger log, string migration);

    [LoggerMessage(1007, LogLevel.Error, "Job {Job} failed and will run again")]
    public static partial void JobFailed(this ILogger log, string job, Exception exception);
}
