using System.IO.Compression;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.AspNetCore.Server;

/// <summary>Settings of all services of a server.</summary>
public class GrpcServiceOptions
{
    /// <summary>Largest message that a handler may send, in bytes; null is no limit, the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest message that is accepted, in bytes and after decompression; null is no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize
    {
        get;
        set
        {
            field = value;
            IsMaxReceiveMessageSizeSet = true;
        }
    }
    = GrpcProtocol.DefaultMaxReceiveMessageSize;

    /// <summary>True puts the text of unexpected exceptions into the status: for development only. Default false.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>"gzip" or "deflate" compresses single responses for callers that accept it; null, the default, never compresses.</summary>
    /// <remarks>Streams are never compressed: grpc-js loses messages that come right before an error status.</remarks>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard to compress. Default fastest.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>True leaves calls of unknown services and methods to other endpoints. Default false: they are answered UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>
    /// Makes the answer to what the layer itself refuses, of the cause and the status that it would send: a host that puts details into
    /// the trailers of its own refusals puts them here too. Asked for <see cref="CallRefusal.ServerStopping"/> once, when the service is
    /// mapped. Null, the default, sends the bare status.
    /// </summary>
    public Func<CallRefusal, Status, RpcException>? RefusalAnswer { get; set; }

    /// <summary>Run around every handler, the first one outermost.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    internal bool IsMaxReceiveMessageSizeSet { get; private set; }
}

/// <summary>Settings of one service; what is not set here is taken from <see cref="GrpcServiceOptions"/>.</summary>
/// <typeparam name="TService">The service.</typeparam>
public sealed class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
