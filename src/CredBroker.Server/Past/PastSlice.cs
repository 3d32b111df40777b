using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Past;

/// <summary>Registers the slice.</summary>
internal static class PastSlice
{
    public static void AddPast(this IServiceCollection services)
    {
        services.AddSingleton<PastRecord>();
        services.AddSingleton<PastCatalogs>();
        services.AddSingleton<Simulate>();
        services.AddSingleton<StartShadow>();
        services.AddSingleton<StopShadow>();
        services.AddSingleton<ShowShadow>();
        services.AddSingleton<Explain>();
        services.AddSingleton<ShadowMeter>();
        services.AddSingleton<ShadowFollower>();
    }
}
