using System.Net;
using System.Net.Sockets;

namespace CredBroker.IntegrationTests.Client;

/// <summary>
/// The way from a client to a broker, which a test cuts at the worst moment: when the broker has done what it was asked, and nobody has
/// heard.
/// </summary>
internal sealed class CuttingNetwork : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly Task accepting;
    private volatile bool stopped;
    private bool muted;

    public CuttingNetwork()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>What clients call the broker.</summary>
    public string Origin => $"http://{listener.LocalEndpoint}";

    /// <summary>The broker, once it listens.</summary>
    public string Broker { get; set; } = "";

    /// <summary>How many connections clients have made.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether a client has said something since the broker was muted.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>From now on nothing that the broker says arrives.</summary>
    public void Mute()
    {
        lock (gate) (muted, HasHeard) = (true, false);
    }

    /// <summary>Ends every connection. Those that are made from now on are whole.</summary>
    public void Cut()
    {
        lock (gate)
        {
            muted = false;
            open.ForEach(socket => socket.Dispose());
            open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        stopped = true;
        listener.Dispose();
        Cut();
        await accepting;
    }

    private bool IsMuted
    {
        get
        {
            lock (gate) return muted;
        }
    }

    private async Task AcceptAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                var broker = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await broker.ConnectAsync(IPEndPoint.Parse(new Uri(Broker).Authority));
                lock (gate)
                {
                    Connections++;
                    open.AddRange([client, broker]);
                }

                carrying.AddRange([CarryAsync(client, broker, fromClient: true), CarryAsync(broker, client, fromClient: false)]);
            }
        }
        // A listener that was stopped between two calls says that it does not listen, and no more than that.
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException || (stopped && closed is InvalidOperationException))
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task CarryAsync(Socket from, Socket to, bool fromClient)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                // After what was left out once the rest would be garbage: the test cuts next.
                if (fromClient || !IsMuted) await to.SendAsync(buffer.AsMemory(0, length));
                if (fromClient) HasHeard = true;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // So it was meant.
        }
    }
}
