using CredBroker.Server.Approvals;
using CredBroker.Server.Attestation;
using CredBroker.Server.Catalog;
using CredBroker.Server.Keys;
using CredBroker.Server.Past;
using CredBroker.Server.Storage;
using CredBroker.Server.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace CredBroker.Server.Hosting;

/// <summary>
/// Every job, and how often each replica runs it. Jobs claim their work from the database (SKIP LOCKED, advisory locks), so any number of
/// replicas may run the same one at the same time; a missed turn is skipped, never made up for.
/// </summary>
internal static class JobTable
{
    /// <summary>A job, its interval, and how it is scheduled.</summary>
    public sealed record Row(Type Job, TimeSpan Interval, Action<IQuartzBuilder> Schedule);

    /// <summary>All jobs.</summary>
    public static IReadOnlyList<Row> Rows { get; } =
    [
        Every<ExpireTasks>(TimeSpan.FromMilliseconds(500)),
        Every<FollowCatalog>(TimeSpan.FromSeconds(1)),
        Every<FollowShadow>(TimeSpan.FromSeconds(1)),
        Every<RotateKeys>(SigningKeys.Interval),
        Every<BeatReplica>(TimeSpan.FromSeconds(5)),
        Every<KeepPartitions>(KeepPartitions.Interval),
        Every<ForgetRequests>(ForgetRequests.Interval),
        Every<SettleApprovals>(TimeSpan.FromSeconds(1)),
        Every<ForgetApprovals>(ForgetApprovals.Interval),
        Every<ForgetJoinTokens>(ForgetJoinTokens.Interval),
    ];

    /// <summary>Schedules them all.</summary>
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            foreach (var row in Rows) row.Schedule(quartz);
            quartz.AddJobMiddleware<JobFailures>();
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always);
        });
        services.AddQuartzHostedService(hosted =>
        {
            hosted.WaitForJobsToComplete = true;
            hosted.AwaitApplicationStarted = true;
        });
    }

    private static Row Every<TJob>(TimeSpan interval)
        where TJob : class, IJob =>
        new(typeof(TJob), interval, quartz => quartz.ScheduleJob<TJob>(trigger => trigger.WithIdentity(typeof(TJob).Name).StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever()
                .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount))));
}
