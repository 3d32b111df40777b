using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Keys;

/// <summary>Registers the keys: what signs, and what verifies.</summary>
internal static class KeysSlice
{
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<PublicKeys>();
        services.AddSingleton<VerifiedTokens>(_ => new VerifiedTokens());
        services.AddSingleton<OwnTokens>();
        services.AddSingleton<TokenSigner>();
    }
}
