using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Log messages of the gRPC server, numbered from 7000.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(7000, LogLevel.Error, "Handler of {Method} failed")]
    public static partial void HandlerFailed(this ILogger log, Exception failure, string method);

    [LoggerMessage(7001, LogLevel.Debug, "Handler of {Method} answered {Status}: {Detail}")]
    public static partial void Refused(this ILogger log, string method, StatusCode status, string detail);

    [LoggerMessage(7002, LogLevel.Debug, "Call of {Method} was interrupted")]
    public static partial void Interrupted(this ILogger log, string method);
}
