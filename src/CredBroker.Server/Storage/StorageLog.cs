using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(7000, LogLevel.Information, "Made partition {Partition}")]
    public static partial void PartitionMade(this ILogger logger, string partition);

    [LoggerMessage(7001, LogLevel.Information, "Dropped partition {Partition}: its time of keeping is over")]
    public static partial void PartitionDropped(this ILogger logger, string partition);

    [LoggerMessage(7002, LogLevel.Warning, "Partition {Partition} is due but in use; the next run tries again")]
    public static partial void PartitionInUse(this ILogger logger, string partition);

    [LoggerMessage(7003, LogLevel.Error, "Partitions could not be kept; the next run tries again")]
    public static partial void PartitionsNotKept(this ILogger logger, Exception exception);

    [LoggerMessage(7004, LogLevel.Error, "Old answers to requests could not be deleted; the next run tries again")]
    public static partial void RequestsNotForgotten(this ILogger logger, Exception exception);
}
