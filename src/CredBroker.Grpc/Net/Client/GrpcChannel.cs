using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client.Internal;

namespace Grpc.Net.Client;

/// <summary>A way to one server. Safe for any number of threads and calls; make one per server and keep it.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<string, Uri> _methodAddresses = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly Uri _address;

    private GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Authority)
    {
        IsSecure = address.Scheme == Uri.UriSchemeHttps;
        if (!IsSecure && address.Scheme != Uri.UriSchemeHttp)
            throw new ArgumentException($"The address must be http or https: {address}", nameof(address));

        if (options.Credentials is { } credentials && credentials.IsSecure != IsSecure)
            throw new InvalidOperationException($"The credentials of the channel do not fit the scheme of {address}.");

        _address = address;
        Options = options;
        Http = options.HttpHandler is { } handler
            ? new HttpMessageInvoker(handler, options.DisposeHttpClient)
            : new HttpMessageInvoker(NewHandler(), disposeHandler: true);
        Closing = _closing.Token;
    }

    internal GrpcChannelOptions Options { get; }

    internal HttpMessageInvoker Http { get; }

    internal bool IsSecure { get; }

    /// <summary>Fires when the channel is disposed.</summary>
    internal CancellationToken Closing { get; }

    /// <summary>A channel to "http://host:port" (HTTP/2 with prior knowledge) or "https://host:port".</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to "http://host:port" (HTTP/2 with prior knowledge) or "https://host:port".</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to "http://host:port" (HTTP/2 with prior knowledge) or "https://host:port".</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to "http://host:port" (HTTP/2 with prior knowledge) or "https://host:port".</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Cancels all calls and closes the connections that belong to the channel.</summary>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested) return;
        _closing.Cancel();
        _closing.Dispose();
        Http.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal Uri AddressOf(IMethod method) => _methodAddresses.GetOrAdd(method.FullName, (path, address) => new Uri(address, path), _address);

    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = true,
        UseCookies = false,
    };
}
