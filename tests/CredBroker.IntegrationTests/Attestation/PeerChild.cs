using System.Net.Sockets;
using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>A process of its own, perhaps of another user, that attests by being the peer of the Unix socket.</summary>
internal static class PeerChild
{
    /// <summary>Says who it was taken for, or how it was refused.</summary>
    public static async Task<int> AttestAsync(string socket)
    {
        if (!BrokerAddress.TryParse($"unix:{socket}", out var address, out var problem))
            throw new ArgumentException(problem);
        using var connection = BrokerConnection.Open(address);
        return await SayAsync(async () =>
        {
            await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), CancellationToken.None);
            return $"{session.Identity.Workload} by {string.Join(' ', session.Identity.Selectors)}";
        });
    }

    /// <summary>
    /// The same over a connection that another program made, as its heir: the preface of HTTP/2 was sent, and nothing was read.
    /// </summary>
    public static async Task<int> AttestOverAsync(int descriptor)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new InheritedStream(new(new SafeSocketHandle(descriptor, ownsHandle: true)))),
        };
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        using var key = EphemeralKey.Create();
        return await SayAsync(async () =>
        {
            var request = new AttestRequest { UnixPeer = new(), PublicJwk = key.Public.ToJson() };
            var answer = await new V1.Attestation.AttestationClient(channel).AttestAsync(request);
            return $"{answer.Workload} by {string.Join(' ', answer.Selectors)}";
        });
    }

    private static async Task<int> SayAsync(Func<Task<string>> attest)
    {
        try
        {
            Console.WriteLine(await attest());
        }
        catch (RpcException refused)
        {
            Console.WriteLine($"{refused.StatusCode} {refused.Status.Detail} {BrokerRefusal.Of(refused).DecisionId}");
        }

        return 0;
    }

    /// <summary>Leaves out the preface (RFC 9113 section 3.4), which begins what a client sends.</summary>
    private sealed class InheritedStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private int left = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var sent = Math.Min(left, buffer.Length);
            left -= sent;
            return base.WriteAsync(buffer[sent..], cancellationToken);
        }
    }
}
