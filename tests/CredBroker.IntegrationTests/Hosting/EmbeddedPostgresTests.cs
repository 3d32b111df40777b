using System.Globalization;
using CredBroker.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static CredBroker.IntegrationTests.Hosting.ClusterFolder;

namespace CredBroker.IntegrationTests.Hosting;

/// <param name="postgres">Only for its skip: these tests start clusters of their own.</param>
public sealed class EmbeddedPostgresTests(Postgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "on")]
    [InlineData(false, "off")]
    public async Task Starts_answers_and_stops(bool durable, string fsync)
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        var cluster = await folder.StartAsync(durable);

        Assert.Equal(fsync, await QueryAsync<string>(cluster.ConnectionString, "SHOW fsync"));
        Assert.Equal("on", await QueryAsync<string>(cluster.ConnectionString, "SHOW synchronous_commit"));
        await cluster.DisposeAsync();

        Assert.True(cluster.Exited.IsCompletedSuccessfully);
        Assert.False(File.Exists(folder.PidFile));
    }

    [Fact]
    public async Task Listens_on_no_network_address()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();

        Assert.Equal("", await QueryAsync<string>(cluster.ConnectionString, "SHOW listen_addresses"));
    }

    [Fact]
    public async Task Keeps_its_data_when_it_is_stopped_and_started_again()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using (var first = await folder.StartAsync()) await CommitRowsAsync(first.ConnectionString);

        await using var second = await folder.StartAsync();

        Assert.Equal(1000, await CountRowsAsync(second.ConnectionString));
    }

    [Fact]
    public async Task A_stop_cuts_open_connections_instead_of_waiting_for_them()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        var cluster = await folder.StartAsync();
        await using var open = new NpgsqlConnection(cluster.ConnectionString);
        await open.OpenAsync(Ct);
        await using var transaction = await open.BeginTransactionAsync(Ct);

        await cluster.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(8), Ct);

        Assert.True(cluster.Exited.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_folder_serves_one_broker_at_a_time()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var first = await folder.StartAsync();

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync());

        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("stop the other broker", refused.Hint, StringComparison.Ordinal);
        Assert.Equal(1, await QueryAsync<int>(first.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Missing_programs_are_an_error_whose_hint_installs_them()
    {
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Path);

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(
            new() { Folder = folder.Path, Binaries = folder.Path }, NullLogger.Instance, TimeProvider.System, Ct));

        Assert.Contains("PostgreSQL 15 or newer is not installed", refused.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install -y --no-install-recommends postgresql", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_that_lead_nowhere_are_missing_programs()
    {
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Path);
        foreach (var program in new[] { "postgres", "initdb", "pg_ctl" })
        {
            File.CreateSymbolicLink(Path.Combine(folder.Path, program), Path.Combine(folder.Path, "removed", program));
        }

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(
            new() { Folder = folder.Path, Binaries = folder.Path }, NullLogger.Instance, TimeProvider.System, Ct));

        Assert.Contains("is not installed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_not_touched()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "data", "PG_VERSION"), "9\n", Ct);

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync());

        Assert.Contains("PostgreSQL 9, which the existing cluster needs, is not installed", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("postgresql-9", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_refused_before_anything_is_made()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        var deep = Path.Combine(folder.Path, new string('d', 90));

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(
            new() { Folder = deep }, NullLogger.Instance, TimeProvider.System, Ct));

        Assert.Contains("107 is the most", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(deep, "data")));
    }

    [Fact]
    public async Task The_longest_path_that_is_not_refused_works()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        var longest = Path.Combine(folder.Path, new string('d', 107 - "/run/.s.PGSQL.5432".Length - folder.Path.Length - 1));

        await using var cluster = await EmbeddedPostgres.StartAsync(
            new() { Folder = longest, Durable = false }, NullLogger.Instance, TimeProvider.System, Ct);

        Assert.Equal(1, await QueryAsync<int>(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_setting_that_PostgreSQL_refuses_is_reported_with_its_own_words()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(
            new() { Folder = folder.Path, Durable = false, Settings = new Dictionary<string, string> { ["max_connections"] = "many" } },
            NullLogger.Instance, TimeProvider.System, Ct));

        Assert.Contains("exit code", refused.Message, StringComparison.Ordinal);
        Assert.Contains("max_connections", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing_running_and_the_folder_free()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using (await folder.StartAsync()) { }
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await using var cluster = await EmbeddedPostgres.StartAsync(
                    new() { Folder = folder.Path, Durable = false }, NullLogger.Instance, TimeProvider.System, cancelled.Token);
            }
        });

        Assert.False(File.Exists(folder.PidFile));
        await using var after = await folder.StartAsync();
        Assert.Equal(1, await QueryAsync<int>(after.ConnectionString, "SELECT 1"));
    }

    [Theory]
    [InlineData("comma,")]
    [InlineData("quote\"")]
    public async Task A_path_that_reads_as_a_list_is_refused(string name)
    {
        using var folder = new ClusterFolder();

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(
            new() { Folder = Path.Combine(folder.Path, name) }, NullLogger.Instance, TimeProvider.System, Ct));

        Assert.Contains("has a comma, a quote or a line break", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_with_spaces_and_letters_of_all_kinds_works()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();

        await using var cluster = await EmbeddedPostgres.StartAsync(
            new() { Folder = Path.Combine(folder.Path, "Ada's Bröker; x=1"), Durable = false }, NullLogger.Instance, TimeProvider.System, Ct);

        Assert.Equal(1, await QueryAsync<int>(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task As_root_it_runs_under_another_account()
    {
        postgres.SkipWithoutPostgres();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root");
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();

        var status = await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{cluster.ProcessId}/status"), Ct);

        var uids = status.Single(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1..];
        Assert.Equal(4, uids.Length);
        Assert.DoesNotContain("0", uids);
    }

    [Fact]
    public async Task Without_root_it_runs_under_the_account_of_the_broker()
    {
        postgres.SkipWithoutPostgres();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become another account");
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Path);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        await using (var holder = await ClusterHolder.StartAsync(folder.Path, account: "nobody"))
        {
            await using var stranger = new NpgsqlConnection(holder.ConnectionString);

            // This process is root: the file system lets it reach the socket, but the cluster admits its own account only.
            var refused = await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync(Ct));
            Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, refused.SqlState);
        }
        Assert.False(File.Exists(folder.PidFile));
    }
}
