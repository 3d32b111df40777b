using CredBroker.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Quartz;

namespace CredBroker.IntegrationTests.Storage;

public sealed class JobsTests(Postgres postgres)
{
    private static readonly DateTimeOffset Start = new(2031, 1, 30, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_scheduler_runs_both_jobs_on_what_the_container_gives_them()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            INSERT INTO requests (caller, request_id, rpc, digest, response, answered_at)
            VALUES ('a', gen_random_uuid(), 'r', sha256('x'), '', now() - interval '25 hours')
            """);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(database.DataSource).AddSingleton(TimeProvider.System).AddSingleton<PartitionOptions>().AddSingleton<Partitions>();
        builder.Services.AddQuartz(q =>
        {
            q.ScheduleJob<KeepPartitions>(t => t.StartNow());
            q.ScheduleJob<ForgetRequests>(t => t.StartNow());
        });
        builder.Services.AddQuartzHostedService();
        builder.Logging.ClearProviders();
        // Something for each job to do, so that both can be seen to have run.
        var last = await database.ScalarAsync<string>("SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'tokens'::regclass");
        await database.ExecuteAsync($"DROP TABLE {last}");

        using var host = builder.Build();
        await host.StartAsync(Ct);
        await TestDatabase.UntilAsync(() => database.ScalarAsync<bool>(
            "SELECT NOT EXISTS (SELECT 1 FROM requests) AND to_regclass($1) IS NOT NULL", last!));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_database_that_is_away_is_logged_and_tried_again_next_time()
    {
        postgres.SkipWithoutPostgres();
        await using var nowhere = NpgsqlDataSource.Create("Host=/nonexistent;Username=nobody;Timeout=1");
        var log = new ListedLog();
        var partitions = new Partitions(nowhere, new(), new SetClock(Start), NullLogger<Partitions>.Instance);

        await new KeepPartitions(partitions, log.For<KeepPartitions>()).Execute(null!, Ct);
        await new ForgetRequests(nowhere, new SetClock(Start), log.For<ForgetRequests>()).Execute(null!, Ct);

        Assert.Equal([7003, 7004], log.Events);
    }
}
