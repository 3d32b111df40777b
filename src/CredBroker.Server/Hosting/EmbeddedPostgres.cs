using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CredBroker.Server.Hosting;

/// <summary>
/// A private PostgreSQL cluster from the installed programs: a folder of its own, a Unix socket and nothing else, and only
/// this account gets in. It ends when this process ends, also by kill -9; the next start cleans up and recovers.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly EmbeddedPostgresOptions options;
    private readonly EmbeddedPostgresAccount account;
    private readonly EmbeddedPostgresFolder folder;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private EmbeddedPostgresBinaries? binaries;
    private EmbeddedPostgresProcess? process;
    private bool stopping;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, EmbeddedPostgresAccount account, ILogger logger, TimeProvider time)
    {
        this.options = options;
        this.account = account;
        this.logger = logger;
        this.time = time;
        folder = EmbeddedPostgresFolder.Claim(options.Folder);
    }

    /// <summary>To its database <c>postgres</c>, as its only role.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>The postmaster's process number.</summary>
    public int ProcessId => process?.Id ?? throw new InvalidOperationException("not running");

    /// <summary>Completes when PostgreSQL has ended, asked to or not.</summary>
    public Task Exited => process?.Exited ?? Task.CompletedTask;

    /// <summary>Starts the cluster, making it when the folder has none, and waits until it accepts connections.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run here: programs missing, folder in use or too long, or it failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was started has been stopped.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, ILogger logger, TimeProvider time, CancellationToken ct)
    {
        var cluster = new EmbeddedPostgres(options, new EmbeddedPostgresAccount(), logger, time);
        try
        {
            await cluster.RunAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of one of its databases.</summary>
    public string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder { Host = folder.Sockets, Username = "postgres", Database = database }.ConnectionString;

    /// <summary>Stops it: open connections are cut, what was committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        if (process is { Exited.IsCompleted: false })
        {
            await SignalAsync("INT", process.Id);
            if (!await EndsAsync(() => process.Exited.IsCompleted, options.StopTimeout))
            {
                logger.PostgresStopIsSlow(folder.Path, options.StopTimeout.TotalSeconds);
                await SignalAsync("QUIT", process.Id);
                await EndsAsync(() => process.Exited.IsCompleted, options.StopTimeout);
            }
            // What does not end even then is interrupted by the kernel with us, and cleared away by the next start.
            if (process.Exited.IsCompleted) logger.PostgresStopped(folder.Path);
        }
        folder.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        binaries = await EmbeddedPostgresBinaries.FindAsync(account, options.Binaries, folder.Major(), ct);
        await ClearAsync();
        await account.MakeFolderAsync(folder.Sockets, ct);
        if (folder.Major() is null)
        {
            await new EmbeddedPostgresTemplate(account, binaries, time).CopyToAsync(folder.Data, options.Durable, ct);
            logger.PostgresClusterMade(folder.Path);
        }
        process = await EmbeddedPostgresProcess.StartAsync(account.Command(binaries["postgres"], Arguments(), endsWithUs: true), logger);
        await ReadyAsync(process, ct);
        _ = process.Exited.ContinueWith(ReportDeath, TaskScheduler.Default);
        logger.PostgresReady(binaries.Version, folder.Path, (long)time.GetElapsedTime(begun).TotalMilliseconds);
    }

    private IEnumerable<string> Arguments()
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = $"\"{folder.Sockets}\"",
            ["unix_socket_permissions"] = "0700",
            ["port"] = "5432",
            ["cluster_name"] = "credbroker",
            ["logging_collector"] = "off",
            ["max_connections"] = "200",
            ["fsync"] = options.Durable ? "on" : "off",
            // Off would lose acknowledged commits when the postmaster is killed, and that is promised not to happen.
            ["synchronous_commit"] = "on",
            ["jit"] = "off",
        };
        foreach (var (name, value) in options.Settings) settings[name] = value;
        return ["-D", folder.Data, .. settings.SelectMany(s => new[] { "-c", $"{s.Key}={s.Value}" })];
    }

    private async Task ReadyAsync(EmbeddedPostgresProcess starting, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        while (folder.Postmaster() is not { Ready: true } running || running.Process != starting.Id)
        {
            if (starting.Exited.IsCompleted)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL ended with exit code {await starting.Exited} while starting in {folder.Path}", starting.LastWords);
            }
            if (time.GetElapsedTime(begun) > options.StartTimeout)
            {
                throw new EmbeddedPostgresException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"PostgreSQL in {folder.Path} was not ready within {options.StartTimeout.TotalSeconds} s"), starting.LastWords);
            }
            await Task.Delay(Poll, time, ct);
        }
    }

    /// <summary>
    /// What a killed broker left: the kernel has told its postmaster to stop, and it may be at it. Ours must not start before
    /// every process of it is gone, or two would write the same files. It is not adopted: nothing would stop it with us.
    /// </summary>
    private async Task ClearAsync()
    {
        var left = folder.Processes();
        if (left.Count > 0)
        {
            logger.PostgresLeftRunning(folder.Path, string.Join(' ', left));
            if (folder.Postmaster() is { } old && left.Contains(old.Process)) await SignalAsync("INT", old.Process);
            if (!await EndsAsync(() => folder.Processes().Count == 0, options.StopTimeout))
            {
                foreach (var stubborn in folder.Processes()) await SignalAsync("QUIT", stubborn);
                if (!await EndsAsync(() => folder.Processes().Count == 0, options.StopTimeout))
                {
                    throw new EmbeddedPostgresException(
                        $"processes {string.Join(' ', folder.Processes())} of an earlier PostgreSQL in {folder.Path} do not end",
                        $"kill -9 {string.Join(' ', folder.Processes())}");
                }
            }
        }
        folder.RemoveRemains();
    }

    private async Task<bool> EndsAsync(Func<bool> ended, TimeSpan within)
    {
        var begun = time.GetTimestamp();
        while (!ended())
        {
            if (time.GetElapsedTime(begun) > within) return false;
            await Task.Delay(Poll, time, CancellationToken.None);
        }
        return true;
    }

    private async Task SignalAsync(string signal, int target)
    {
        if (binaries is null) return;
        try
        {
            // As its account, not as root: a wrong number can then hit nothing else of the machine.
            await account.RunAsync(binaries["pg_ctl"], ["kill", signal, target.ToString(CultureInfo.InvariantCulture)],
                asAccount: true, CancellationToken.None);
        }
        catch (EmbeddedPostgresException gone)
        {
            logger.PostgresSays(gone.Message); // it ended by itself meanwhile; whoever waits for that sees it
        }
    }

    private void ReportDeath(Task<int> exited)
    {
        if (!stopping) logger.PostgresDied(folder.Path, exited.IsCompletedSuccessfully ? exited.GetAwaiter().GetResult() : -1);
    }
}
