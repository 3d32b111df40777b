using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>Settings of a channel.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// Carries the requests; null makes a SocketsHttpHandler. Its TLS settings are the channel's. For a Unix socket see
    /// <see cref="UnixSocketHttpHandler"/>. It stays the caller's unless <see cref="DisposeHttpClient"/> is set.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>True disposes <see cref="HttpHandler"/> with the channel.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Must fit the scheme of the address; null takes what fits.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>True sends call credentials over http addresses as well, for instance over a Unix socket. Default false.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>Largest request in bytes; null, the default, is no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest response in bytes and after decompression; null is no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = GrpcProtocol.DefaultMaxReceiveMessageSize;

    internal TimeProvider Clock { get; set; } = TimeProvider.System;
}
