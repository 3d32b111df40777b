using CredBroker.Client;
using CredBroker.V1;
using Grpc.Core;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>Mints of which a test wants to know no more than whether they are granted.</summary>
internal static class GrantedOrDenied
{
    /// <summary>True when it is granted, false when it is denied. Any other failure is thrown.</summary>
    public static async Task<bool> MintsAsync(this AgentSession agent, string task, Capability capability)
    {
        try
        {
            await agent.Tokens.MintAsync(Story.Mint(task, capability));
            return true;
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            return false;
        }
    }
}
