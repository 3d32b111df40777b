using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Wire;

/// <summary>Registers what reads requests and answers them once.</summary>
internal static class WireSlice
{
    public static void AddWire(this IServiceCollection services) => services.AddSingleton<OncePerRequest>();
}
