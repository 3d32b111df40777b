using System.Globalization;
using CredBroker.Load.Cells;
using CredBroker.Load.Servers;

namespace CredBroker.Load;

/// <summary>Everything in one go: each cell beside its floor, each server in a process of its own and idle while others are measured.</summary>
internal static class Run
{
    public static async Task<int> AllAsync(string results, string commit)
    {
        var started = TimeProvider.System.GetTimestamp();
        // On a disk: /tmp may be memory, where fsync is free. PostgreSQL may run under another account, which passes through.
        var folder = Directory.CreateDirectory(Path.Combine("/var/tmp", $"cb-bench-{Environment.ProcessId}")).FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            var loadBefore = Machine.Load();
            var (report, facts) = await MeasureAsync(folder, commit);
            facts.Add(("load average", $"{loadBefore} before, {Machine.Load()} after (1, 5 and 15 minutes)"));
            facts.Add(("duration", string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s in all")));
            await StoreAsync(results, report, facts);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(Report Report, List<(string Name, string Value)> Facts)> MeasureAsync(string folder, string commit)
    {
        var report = new Report();
        var (first, second) = (Path.Combine(folder, "a"), Path.Combine(folder, "b"));
        var postgres = BrokerServer.PostgresOf(first);
        await using var minting = await ChildServer.StartAsync("broker", first);
        var facts = await Machine.FactsAsync(postgres, folder, commit);

        var postmaster = BrokerServer.PostmasterOf(first);
        var mintMeter = new CpuMeter(minting.ProcessId, postmaster);
        var insert = new PgbenchCell(postgres, folder, new CpuMeter(null, postmaster));
        var inserts = new Floor("pgbench insert", report, insert.RunAsync);
        await using (var server = await ChildServer.StartAsync("echo-server", Path.Combine(folder, "tcp.sock")))
        {
            // The first call of all finds everything uncompiled, the caller too: the floors are measured after it.
            report.Add("echo, TCP (h2c)", await EchoCell.RunAsync(server.Addresses[1], new CpuMeter(server.ProcessId, null)));
        }

        var layer = await LayerCell.RunAsync(folder);
        report.Add("bare Kestrel, Unix socket", layer.Bare);
        report.Add("echo, Unix socket", layer.Echo, ("bare Kestrel", layer.Bare.PerSecond));
        report.Note(layer);

        var pile = new TokenPile();
        await inserts.HoldAsync("mint, Unix peer", () => MintCell.RunAsync(minting.Addresses[0], admin: null, pile, mintMeter), aim: 0.4);
        await inserts.HoldAsync("mint, DPoP over TCP", () => MintCell.RunAsync(minting.Addresses[1], minting.Addresses[0], pile, mintMeter));
        await inserts.HoldAsync("authorize, bearer token", () => AuthorizeCell.RunAsync(minting.Addresses[0], proofs: false, mintMeter));
        await inserts.HoldAsync("authorize, with a proof", () => AuthorizeCell.RunAsync(minting.Addresses[0], proofs: true, mintMeter));

        await HoldPoliciesAsync(folder, report);

        await using var echo = await ChildServer.StartAsync("echo-server", Path.Combine(folder, "echo.sock"));
        var echoes = new Floor("echo, Unix socket", report, warmUp => EchoCell.RunAsync(echo.Addresses[0], new CpuMeter(echo.ProcessId, null), warmUp));
        await using var reading = await ChildServer.StartAsync("broker", second, $"Host={postgres};Username=postgres;Database=postgres");
        var readMeter = new CpuMeter(reading.ProcessId, postmaster);
        await echoes.HoldAsync("introspect, seen before", () => IntrospectCell.SeenBeforeAsync(reading.Addresses[0], pile, readMeter), aim: 0.4);
        await echoes.HoldAsync("introspect, each once", () => IntrospectCell.EachOnceAsync(reading.Addresses[0], pile, readMeter), aim: 0.25);
        return (report, facts);
    }

    /// <summary>What policies cost: ten thousand of them held against one that says yes, by two brokers that have done nothing else.</summary>
    private static async Task HoldPoliciesAsync(string folder, Report report)
    {
        var (few, lots) = (Path.Combine(folder, "c"), Path.Combine(folder, "d"));
        await using var one = await ChildServer.StartAsync("broker", few);
        await using var many = await ChildServer.StartAsync("broker-policies", lots);
        var (oneMeter, manyMeter) = (new CpuMeter(one.ProcessId, BrokerServer.PostmasterOf(few)), new CpuMeter(many.ProcessId, BrokerServer.PostmasterOf(lots)));
        await new Floor("mint, one policy", report, _ => MintCell.RunAsync(one.Addresses[0], admin: null, new TokenPile(), oneMeter))
            .HoldAsync("mint, 10,000 policies", () => MintCell.RunAsync(many.Addresses[0], admin: null, new TokenPile(), manyMeter), aim: 0.85);
        await new Floor("authorize, one policy", report, _ => AuthorizeCell.RunAsync(one.Addresses[0], proofs: false, oneMeter))
            .HoldAsync("authorize, 10,000 policies", () => AuthorizeCell.RunAsync(many.Addresses[0], proofs: false, manyMeter));
    }

    private static async Task StoreAsync(string results, Report report, List<(string Name, string Value)> facts)
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = report.Text(now, facts);
        var file = Path.Combine(Directory.CreateDirectory(results).FullName, string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd}-{Environment.MachineName}.md"));
        await File.WriteAllTextAsync(file, text);
        Console.WriteLine($"\n{text}\nstored in {file}");
    }
}
