using Quartz;

namespace CredBroker.Server.Keys;

/// <summary>Job: this replica's signing keys are rotated, and the public keys of all replicas read again.</summary>
[DisallowConcurrentExecution]
internal sealed class RotateKeys(SigningKeys signing, PublicKeys verifying) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await verifying.RefreshAsync(cancellationToken);
        if (!verifying.Knows(signing.Current.KeyId)) await signing.ReplaceAsync(signing.Current.KeyId, cancellationToken);
        await signing.MaintainAsync(cancellationToken);
    }
}
