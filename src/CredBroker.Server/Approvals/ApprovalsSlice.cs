using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Approvals;

/// <summary>Registers the slice.</summary>
internal static class ApprovalsSlice
{
    public static void AddApprovals(this IServiceCollection services)
    {
        services.AddSingleton<ApprovalSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<ApprovalSignal>());
        services.AddSingleton<StreamSlots>();
        services.AddSingleton<AwaitApproval>();
        services.AddSingleton<ListApprovals>();
        services.AddSingleton<WatchApprovals>();
        services.AddSingleton<DecideApproval>();
    }
}
