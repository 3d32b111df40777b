using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Hosting;

internal static partial class EmbeddedPostgresLog
{
    [LoggerMessage(1100, LogLevel.Information, "PostgreSQL {Version} is ready in {Folder} after {Milliseconds} ms")]
    public static partial void PostgresReady(this ILogger logger, string version, string folder, long milliseconds);

    [LoggerMessage(1101, LogLevel.Information, "PostgreSQL in {Folder} stopped")]
    public static partial void PostgresStopped(this ILogger logger, string folder);

    [LoggerMessage(1102, LogLevel.Warning, "Stopping PostgreSQL that an earlier broker left in {Folder}, processes {Processes}")]
    public static partial void PostgresLeftRunning(this ILogger logger, string folder, string processes);

    [LoggerMessage(1103, LogLevel.Warning, "PostgreSQL in {Folder} did not stop within {Seconds} s; stopping it at once")]
    public static partial void PostgresStopIsSlow(this ILogger logger, string folder, double seconds);

    [LoggerMessage(1104, LogLevel.Critical, "PostgreSQL in {Folder} ended by itself with exit code {ExitCode}")]
    public static partial void PostgresDied(this ILogger logger, string folder, int exitCode);

    [LoggerMessage(1105, LogLevel.Debug, "postgres: {Line}")]
    public static partial void PostgresSays(this ILogger logger, string line);

    [LoggerMessage(1106, LogLevel.Information, "Made a new PostgreSQL cluster in {Folder}")]
    public static partial void PostgresClusterMade(this ILogger logger, string folder);
}
