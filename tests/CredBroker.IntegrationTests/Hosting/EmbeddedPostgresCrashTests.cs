using System.Diagnostics;
using System.Globalization;
using CredBroker.Server.Hosting;
using static CredBroker.IntegrationTests.Hosting.ClusterFolder;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>What a killed broker leaves, and the start after it.</summary>
/// <param name="postgres">Only for its skip: these tests start clusters of their own.</param>
public sealed class EmbeddedPostgresCrashTests(Postgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostgreSQL_ends_when_the_broker_is_killed()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var broker = await ClusterHolder.StartAsync(folder.Path);
        Assert.True(Runs(broker.Postmaster));

        await broker.KillAsync();

        await HasEndedAsync(broker.Postmaster);
    }

    [Fact]
    public async Task Committed_rows_are_there_after_the_broker_is_killed_and_started_at_once()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var broker = await ClusterHolder.StartAsync(folder.Path);
        await CommitRowsAsync(broker.ConnectionString);

        await broker.KillAsync();
        await using var cluster = await folder.StartAsync();

        Assert.Equal(1000, await CountRowsAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task Committed_rows_are_there_after_broker_and_PostgreSQL_are_both_killed()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var broker = await ClusterHolder.StartAsync(folder.Path);
        await CommitRowsAsync(broker.ConnectionString);
        using var postmaster = Process.GetProcessById(broker.Postmaster);

        postmaster.Kill();
        await broker.KillAsync();
        Assert.True(File.Exists(folder.PidFile));
        await using var cluster = await folder.StartAsync();

        Assert.Equal(1000, await CountRowsAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task A_postmaster_that_survived_its_broker_is_stopped_and_replaced()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using (await folder.StartAsync()) { }
        var account = new EmbeddedPostgresAccount();
        var binaries = await EmbeddedPostgresBinaries.FindAsync(account, null, null, Ct);
        // Started by hand, as an operator might: nothing ties it to this process.
        await account.RunAsync(binaries["pg_ctl"], ["start", "-w", "-D", Path.Combine(folder.Path, "data"), "-l", "/dev/null",
            "-o", $"-k {Path.Combine(folder.Path, "run")} -c listen_addresses="], asAccount: true, Ct);
        var survivor = int.Parse((await File.ReadAllLinesAsync(folder.PidFile, Ct))[0], CultureInfo.InvariantCulture);

        await using var cluster = await folder.StartAsync();

        Assert.NotEqual(survivor, cluster.ProcessId);
        Assert.False(Runs(survivor));
        Assert.Equal(1, await QueryAsync<int>(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_process_number_used_again_by_a_stranger_does_not_block_the_start()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using (await folder.StartAsync()) { }
        string[] remains = [$"{Environment.ProcessId}", Path.Combine(folder.Path, "data"), "1", "5432", Path.Combine(folder.Path, "run"), "", "1 1", "ready"];
        await File.WriteAllLinesAsync(folder.PidFile, remains, Ct);
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, "run", ".s.PGSQL.5432.lock"), remains[..5], Ct);

        await using var cluster = await folder.StartAsync();

        Assert.Equal(1, await QueryAsync<int>(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_cluster_that_was_half_made_is_made_again()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data.new", "base"));

        await using var cluster = await folder.StartAsync();

        Assert.Equal(1, await QueryAsync<int>(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Says_when_PostgreSQL_ends_by_itself()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        using var postmaster = Process.GetProcessById(cluster.ProcessId);

        postmaster.Kill();

        await cluster.Exited.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }
}
