using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Attestation;

/// <summary>Registers the slice.</summary>
internal static class AttestationSlice
{
    public static void AddAttestation(this IServiceCollection services)
    {
        services.AddSingleton<ExecutableHashes>();
        services.AddSingleton<ClientCertificates>();
        services.AddSingleton<JwksFetcher>(provider => new(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<JwksSource>();
        services.AddSingleton<UnixEvidence>();
        services.AddSingleton<JwtTokens>();
        services.AddSingleton<Evidence>();
        services.AddSingleton<Attest>();
        services.AddSingleton<WhoAmI>();
        services.AddSingleton<CreateJoinToken>();
    }
}
