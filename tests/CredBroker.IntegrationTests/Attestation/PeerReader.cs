using System.Net.Sockets;
using CredBroker.Server.Attestation;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>A process that accepts one connection and says who it takes the other end for: to be run as another user, or in another namespace.</summary>
internal static class PeerReader
{
    public static async Task<int> ReadAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Console.WriteLine("listening");
        using var accepted = await listener.AcceptAsync();
        using var peer = UnixPeer.Read(accepted, out var fault);
        Console.WriteLine(peer is null
            ? $"nobody: {fault}"
            : $"uid {peer.Uid} executable {peer.Executable?.Path ?? "unknown"} then {peer.Recheck()?.ToString() ?? "the same"}");
        return 0;
    }
}
