using Quartz;

namespace CredBroker.Server.Keys;

/// <summary>Job: this replica's signing keys are rotated, and the public keys of all replicas read again.</summary>
[DisallowConcurrentExecution]
internal sealed class RotateKeys(SigningKeys signing, PublicKeys verifying) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        // In this order, so that at the moment when a revoked key verifies no more, nothing is signed by it any more, and what is signed
        // by its successor is known.
        await signing.MaintainAsync(cancellationToken);
        await verifying.RefreshAsync(cancellationToken);
    }
}
