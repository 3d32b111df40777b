using Quartz;

namespace CredBroker.Server.Keys;

/// <summary>Job: the public keys of all replicas are read again, and this replica's signing keys rotated.</summary>
[DisallowConcurrentExecution]
internal sealed class RotateKeys(SigningKeys signing) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await signing.MaintainAsync(cancellationToken);
}
