using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CredBroker.Server.Attestation;

/// <summary>What the kernel says of the other end of a connected Unix socket (unix(7), socket(7)).</summary>
internal static class PeerSocket
{
    private const int SocketLevel = 1;   // SOL_SOCKET
    private const int Credentials = 17;  // SO_PEERCRED
    private const int Groups = 59;       // SO_PEERGROUPS
    private const int PidFd = 77;        // SO_PEERPIDFD, Linux 6.5
    private const int MostGroups = 65_536; // NGROUPS_MAX

    /// <summary>Process, user and group at the moment of connect(): a later change of user is not seen here.</summary>
    public static PeerCredentials CredentialsOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, Credentials, value);
        return MemoryMarshal.Read<PeerCredentials>(value);
    }

    /// <summary>A handle of the process itself, which no other process can inherit, or null where the kernel gives none.</summary>
    public static SafeFileHandle? PidFdOf(Socket socket)
    {
        try
        {
            Span<byte> value = stackalloc byte[4];
            socket.GetRawSocketOption(SocketLevel, PidFd, value);
            return new SafeFileHandle(BinaryPrimitives.ReadInt32LittleEndian(value), ownsHandle: true);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>The supplementary groups at the moment of connect(), or null when the kernel will not say.</summary>
    public static uint[]? GroupsOf(Socket socket) => GroupsOf(socket, 64) ?? GroupsOf(socket, MostGroups);

    private static uint[]? GroupsOf(Socket socket, int room)
    {
        var value = new byte[room * sizeof(uint)];
        try
        {
            var length = socket.GetRawSocketOption(SocketLevel, Groups, value);
            return MemoryMarshal.Cast<byte, uint>(value.AsSpan(0, length)).ToArray();
        }
        catch (SocketException)
        {
            return null; // ERANGE: more groups than room
        }
    }
}

/// <summary>The kernel's <c>struct ucred</c>.</summary>
/// <param name="Pid">0: in a process namespace that we cannot see.</param>
/// <param name="Uid">Effective user.</param>
/// <param name="Gid">Effective group.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid);
