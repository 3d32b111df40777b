using CredBroker.Client;
using Grpc.Core;

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
        try
        {
            await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), CancellationToken.None);
            Console.WriteLine($"{session.Identity.Workload} by {string.Join(' ', session.Identity.Selectors)}");
        }
        catch (RpcException refused)
        {
            Console.WriteLine($"{refused.StatusCode} {refused.Status.Detail}");
        }

        return 0;
    }
}
