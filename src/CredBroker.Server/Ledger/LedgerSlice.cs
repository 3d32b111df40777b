using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Ledger;

/// <summary>Registers the batched hot path.</summary>
internal static class LedgerSlice
{
    public static void AddLedger(this IServiceCollection services, string connectionString, LedgerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => new LedgerSource(connectionString, options));
        services.AddSingleton<LedgerMeter>();
        services.AddSingleton<LedgerParts>();
        services.AddSingleton<MintLedger>();
        services.AddSingleton<AuthorizeLedger>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<LiveTokenReader>();
        services.AddSingleton<AuditAppender>();
        services.AddSingleton<ApprovalReader>();
        services.AddSingleton<ApprovalAsking>();
        services.AddSingleton<ApprovedMint>();
        services.AddSingleton<TaskEnding>();
        services.AddSingleton<TaskSweep>();
    }
}
