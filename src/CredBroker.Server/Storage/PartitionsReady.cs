using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CredBroker.Server.Storage;

/// <summary>Not ready when partitions are about to run out: an ask outside every partition would fail the whole batch it is in.</summary>
internal sealed class PartitionsReady(Partitions partitions) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await partitions.LackingAsync(cancellationToken) is { Count: > 0 } lacking
            ? HealthCheckResult.Unhealthy($"partitions are missing for {string.Join(", ", lacking)}")
            : HealthCheckResult.Healthy();
}
