using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CredBroker.Load.Cells;

/// <summary>
/// The floor of a durable mint: pgbench inserts one row like a token's per transaction, prepared, in another database of the broker's
/// own cluster. One table without partitions, conditions, history or audit.
/// </summary>
/// <param name="host">Where the cluster listens.</param>
/// <param name="folder">For its script.</param>
/// <param name="meter">What CPU time is watched.</param>
internal sealed partial class PgbenchCell(string host, string folder, CpuMeter meter)
{
    private const string Table = """
        CREATE TABLE rows (
          jti uuid PRIMARY KEY, task_id uuid NOT NULL, tool text NOT NULL, action text NOT NULL, resource text NOT NULL, parameters jsonb NOT NULL,
          audience text NOT NULL, cnf text, kid text NOT NULL, issued_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, revoked_at timestamptz,
          revoke_cause text, uses_left integer, decision_id uuid NOT NULL, ask_digest bytea NOT NULL, token_hash bytea NOT NULL, decided_history integer NOT NULL,
          decided_catalog integer NOT NULL)
        """;

    // Keys that grow, as those of tokens do.
    private const string Script = """
        \set n :n + 1
        INSERT INTO rows VALUES (lpad(to_hex(:n::bigint * 64 + :client_id), 32, '0')::uuid, '01920000-0000-7000-8000-000000000001', 'tickets', 'read',
          'acme/tickets/4711', '{"state":{"in":["open"]}}', 'https://tickets.example.test', 'jkt:0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
          '01920000-0000-7000-8000-000000000002', clock_timestamp(), clock_timestamp() + interval '10 minutes', NULL, NULL, NULL,
          '01920000-0000-7000-8000-000000000003', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
          '\x202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f', 1, 1);
        """;

    private readonly string _script = Path.Combine(folder, "insert.sql");

    /// <summary>Into an empty table.</summary>
    public async Task<Measurement> RunAsync(WarmUp warmUp)
    {
        if (!File.Exists(_script))
        {
            await ExecuteAsync("postgres", "CREATE DATABASE bench");
            await ExecuteAsync("bench", Table);
            await File.WriteAllTextAsync(_script, Script);
        }

        await ExecuteAsync("bench", "TRUNCATE rows");
        await PgbenchAsync(warmUp.AtLeast);
        await ExecuteAsync("bench", "TRUNCATE rows");
        return await PgbenchAsync(ClosedLoop.Measured);
    }

    private async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"Host={host};Username=postgres;Database={database}");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<Measurement> PgbenchAsync(TimeSpan time)
    {
        var seconds = time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "-h", host, "-U", "postgres", "-n", "-M", "prepared", "-c", $"{ClosedLoop.Callers}", "-j", "2", "-T", seconds, "-D", "n=0", "-f", _script, "bench",
        ];
        var before = meter.Now();
        using var process = Process.Start(new ProcessStartInfo(Program(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"pgbench failed: {await errors}");
        // Its backends are still ending; until the postmaster has collected them their time is nowhere.
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var after = meter.Now();
        var tps = double.Parse(Rate().Match(output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var count = (long)(tps * time.TotalSeconds);
        return new(count, time.TotalSeconds, null, null, after.PerCall(before, count) with { Caller = null });
    }

    private static string Program() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
            .Select(folder => Path.Combine(folder, "bin", "pgbench")).LastOrDefault(File.Exists) ?? "pgbench"
        : "pgbench";

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Rate();
}
