using CredBroker.Server.Storage;
using Quartz;

namespace CredBroker.Server.Catalog;

/// <summary>Job: takes over a catalog that another replica applied. Decisions never wait for it: they are checked when they commit.</summary>
[DisallowConcurrentExecution]
internal sealed class FollowCatalog(LiveCatalog catalog) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await catalog.RefreshAsync(cancellationToken);
}
