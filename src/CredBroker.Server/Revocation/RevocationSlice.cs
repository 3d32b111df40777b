using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Revocation;

/// <summary>Registers the slice.</summary>
internal static class RevocationSlice
{
    public static void AddRevocation(this IServiceCollection services) => services.AddSingleton<EmergencyStop>();
}
