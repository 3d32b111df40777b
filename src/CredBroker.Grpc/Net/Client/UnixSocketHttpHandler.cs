using System.Net.Sockets;

namespace Grpc.Net.Client;

/// <summary>HTTP over a Unix socket.</summary>
/// <example>
/// <code>
/// GrpcChannel.ForAddress("http://localhost", new() { HttpHandler = UnixSocketHttpHandler.Create(path), DisposeHttpClient = true });
/// </code>
/// </example>
public static class UnixSocketHttpHandler
{
    /// <summary>
    /// A handler that connects to the socket whatever the address says. Use "http://localhost": the host becomes
    /// ":authority", and a server refuses a path in that place.
    /// </summary>
    public static SocketsHttpHandler Create(string path)
    {
        var endpoint = new UnixDomainSocketEndPoint(path);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(endpoint, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
    }
}
