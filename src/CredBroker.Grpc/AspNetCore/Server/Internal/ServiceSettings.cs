using System.IO.Compression;
using Grpc.Core;
using Grpc.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What holds for all methods of one service, worked out once when it is mapped.</summary>
internal sealed record ServiceSettings
{
    public required int? MaxSendMessageSize { get; init; }

    public required int? MaxReceiveMessageSize { get; init; }

    public required bool EnableDetailedErrors { get; init; }

    public required MessageEncoding ResponseEncoding { get; init; }

    public required CompressionLevel ResponseCompressionLevel { get; init; }

    /// <summary>The answer to what the layer itself refuses.</summary>
    public required Func<CallRefusal, Status, RpcException> RefusalAnswer { get; init; }

    /// <summary>The answer to streams when the server stops: the same for all of them.</summary>
    public required RpcException StoppingAnswer { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Fires when the server begins to stop.</summary>
    public required CancellationToken Stopping { get; init; }

    public required ILogger Log { get; init; }

    public static ServiceSettings Of<TService>(IServiceProvider services)
        where TService : class
    {
        var all = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var own = services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
        var refusalAnswer = own.RefusalAnswer ?? all.RefusalAnswer ?? ((_, status) => new RpcException(status));
        var algorithm = own.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        return new ServiceSettings
        {
            MaxSendMessageSize = own.MaxSendMessageSize ?? all.MaxSendMessageSize,
            MaxReceiveMessageSize = own.IsMaxReceiveMessageSizeSet ? own.MaxReceiveMessageSize : all.MaxReceiveMessageSize,
            EnableDetailedErrors = own.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
            ResponseEncoding = MessageEncoding.Find(algorithm)
                ?? throw new InvalidOperationException($"Compression \"{algorithm}\" is not supported."),
            ResponseCompressionLevel = own.ResponseCompressionLevel ?? all.ResponseCompressionLevel ?? CompressionLevel.Fastest,
            RefusalAnswer = refusalAnswer,
            StoppingAnswer = refusalAnswer(CallRefusal.ServerStopping, new Status(StatusCode.Unavailable, "The server is shutting down.")),
            Clock = services.GetService<TimeProvider>() ?? TimeProvider.System,
            Stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None,
            Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server"),
        };
    }
}
