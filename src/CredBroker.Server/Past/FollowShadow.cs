using Quartz;

namespace CredBroker.Server.Past;

/// <summary>Job: goes on with the record for the candidate, if there is one, and if no other replica does.</summary>
[DisallowConcurrentExecution]
internal sealed class FollowShadow(ShadowFollower follower) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await follower.FollowAsync(cancellationToken);
}
