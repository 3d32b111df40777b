using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CredBroker.Server.Attestation;

/// <summary>Binds the broker's Unix socket: over the leftover of a killed broker, never over a living one.</summary>
internal static class UnixSocketFile
{
    // sun_path less its closing zero (unix(7)).
    private const int LongestPath = 107;
    private const int Backlog = 512;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode EveryUser = (UnixFileMode)0b110_110_110;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// For <see cref="SocketTransportOptions.CreateBoundListenSocket"/>: Unix sockets as <see cref="Bind"/> makes them, to which any
    /// user of the machine may connect who can reach the folder; anything else as Kestrel does by itself.
    /// </summary>
    public static Socket CreateListenSocket(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint
        ? Bind(endpoint.ToString() ?? "", EveryUser)
        : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

    /// <summary>Makes the folder when it is missing (0700), removes a stale socket, binds and listens.</summary>
    /// <param name="path">Absolute, at most 107 bytes.</param>
    /// <param name="mode">Of the socket. Who may connect needs write; the kernel vouches for every peer, so 0666 is a sound choice.</param>
    /// <exception cref="StartException">The path is unfit, in use, or in a folder where others can replace it.</exception>
    public static Socket Bind(string path, UnixFileMode mode)
    {
        if (!Path.IsPathFullyQualified(path) || System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw new StartException($"the Unix socket path must be absolute and at most {LongestPath} bytes: '{path}'", "choose a short path, such as /run/credbroker/broker.sock");

        var folder = Path.GetDirectoryName(path) ?? "/";
        Directory.CreateDirectory(folder, OwnerOnly);
        RefuseUnsafe(folder);

        // Two brokers that start at once would each find the other's socket stale between its bind and its listen.
        using var turn = TakeTurn(path + ".lock");
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Whoever can write to the folder can put a socket of his own in its place and receive the agents' evidence.
    private static void RefuseUnsafe(string folder)
    {
        if (NativeMethods.StatusOf(folder, followLink: true) is { } status && (status.Mode & WritableByOthers) != 0 && !status.Mode.HasFlag(UnixFileMode.StickyBit))
            throw new StartException($"others can write to '{folder}'", "choose a folder that only the broker's user can write to (chmod go-w)");
    }

    private static FileStream TakeTurn(string path)
    {
        try
        {
            return new(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException)
        {
            throw new StartException($"another broker is starting on the same Unix socket ('{path}' is locked)", "give each broker a socket of its own");
        }
    }

    private static void RemoveStale(string path)
    {
        if (NativeMethods.StatusOf(path, followLink: false) is not { } status)
            return;
        // Checked by type: connecting to a plain file is refused too, and would make it look stale.
        if (!status.IsSocket)
            throw new StartException($"'{path}' exists and is not a socket", "choose another path, or move that file away");

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new StartException($"cannot tell whether a broker listens on '{path}': {e.Message}", "check who owns the socket");
        }

        throw new StartException($"another process listens on '{path}'", "is a broker already running? Give each one a socket of its own");
    }
}
