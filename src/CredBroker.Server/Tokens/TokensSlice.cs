using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Tokens;

/// <summary>Registers the slice.</summary>
internal static class TokensSlice
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<Mint>();
        services.AddSingleton<CurrentTasks>();
        services.AddSingleton<MintFactsReader>();
        services.AddSingleton<MintApprovals>();
        services.AddSingleton<TreeTurns>();
        services.AddSingleton<Introspect>();
        services.AddSingleton<CapabilityMessageCache>();
        services.AddSingleton<PresentedProofs>();
        services.AddSingleton<Authorize>();
        services.AddSingleton<AuthorizeFactsReader>();
        services.AddSingleton<Possessions>();
        services.AddSingleton<RevokeToken>();
        services.AddSingleton<StandingAccess>();
    }
}
