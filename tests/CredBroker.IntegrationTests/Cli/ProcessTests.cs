using System.Diagnostics;
using System.Text.Json;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>The program itself, as a process: what a shell, a service manager and a script see of it.</summary>
public sealed class ProcessTests(Postgres postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Dev_runs_a_whole_broker_until_it_is_told_to_stop_and_leaves_nothing_behind()
    {
        postgres.SkipWithoutPostgres();
        using var broker = CredbrokerProcess.Start([], "dev", "--catalog", WriteCatalog(), "--json");
        var announced = await ReadDocumentAsync(broker);
        var address = announced.GetProperty("addresses")[0].GetString() ?? "";
        var data = announced.GetProperty("data").GetString() ?? "";

        var who = await RunAsync(new() { ["CREDBROKER_ADDRESS"] = address }, "whoami");
        Assert.Equal((0, ""), (who.ExitCode, who.Error));
        Assert.StartsWith("workload       agent (spiffe://example.test/agent)\n", who.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', who.Out);
        Assert.True(Directory.Exists(data));

        await broker.TerminateAsync();
        Assert.False(Directory.Exists(Path.GetDirectoryName(data)));
    }

    [Fact]
    public async Task Serve_runs_over_a_database_that_it_brings_up_to_date_and_refuses_the_socket_of_a_living_broker()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var environment = new Dictionary<string, string> { ["CREDBROKER__DATABASE"] = database.ConnectionString };
        var socket = Path.Combine(_folder, "s", "broker.sock");

        var migrated = await RunAsync(environment, "migrate");
        Assert.Equal((0, "applied 0001_initial\napplied 0002_history_counts\napplied 0003_authorizations\napplied 0004_approvals\napplied 0005_shadow\n"), (migrated.ExitCode, migrated.Out));
        Assert.Equal("nothing to do\n", (await RunAsync(environment, "migrate")).Out);

        using var broker = CredbrokerProcess.Start(environment, "serve", "--socket", socket, "--listen", "http://127.0.0.1:0");
        Assert.Equal($"listening on unix:{socket}", await broker.StandardOutput.ReadLineAsync(Ct));
        Assert.StartsWith("listening on http://127.0.0.1:", await broker.StandardOutput.ReadLineAsync(Ct), StringComparison.Ordinal);

        var second = await RunAsync(environment, "serve", "--socket", socket);
        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"error: another process listens on '{socket}'\nhint: is a broker already running? Give each one a socket of its own\n", second.Error);

        Assert.Equal(0, (await RunAsync([], "whoami", "--socket", socket)).ExitCode);
        await broker.TerminateAsync();
        Assert.Equal(3, (await RunAsync([], "whoami", "--socket", socket)).ExitCode);
    }

    [Fact]
    public async Task Serve_tells_programs_in_one_document_where_it_listens()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var environment = new Dictionary<string, string> { ["CREDBROKER__DATABASE"] = database.ConnectionString };
        var socket = Path.Combine(_folder, "s", "broker.sock");

        using var broker = CredbrokerProcess.Start(environment, "serve", "--socket", socket, "--json");
        var announced = await ReadDocumentAsync(broker);

        Assert.Equal(["version", "addresses", "migrations_applied"], announced.EnumerateObject().Select(member => member.Name));
        Assert.Equal([$"unix:{socket}"], announced.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()));
        Assert.Equal("0001_initial", announced.GetProperty("migrations_applied")[0].GetString());
        Assert.Equal(0, (await RunAsync([], "whoami", "--socket", socket, "--json")).ExitCode);
        await broker.TerminateAsync();
        Assert.Equal("", await broker.StandardOutput.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_catalog_with_mistakes_keeps_dev_from_starting_and_all_of_them_are_told()
    {
        postgres.SkipWithoutPostgres();
        await File.WriteAllTextAsync(Path.Combine(_folder, "broker.yaml"), "tols: {}\nworklods: {}\n", Ct);

        var run = await RunAsync([], "dev", "--catalog", _folder);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains("\nbroker.yaml:1:1: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\nbroker.yaml:2:1: ", run.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Out, string Error)> RunAsync(Dictionary<string, string> environment, params string[] args)
    {
        using var process = CredbrokerProcess.Start(environment, args);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output, await error);
    }

    // The document ends with the line that closes its outermost brace.
    private static async Task<JsonElement> ReadDocumentAsync(Process process)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            lines.Add(line);
            if (line == "}") return JsonDocument.Parse(string.Join('\n', lines)).RootElement;
        }

        throw new InvalidOperationException($"it ended: {await process.StandardError.ReadToEndAsync(Ct)}");
    }

    private string WriteCatalog()
    {
        File.WriteAllText(Path.Combine(_folder, "broker.yaml"), TestCatalog.Yaml());
        File.WriteAllText(Path.Combine(_folder, "policies.cedar"), TestCatalog.Policies);
        // A file that nothing refers to would be refused, if example requests were a part of the catalog.
        File.WriteAllText(Path.Combine(_folder, "policies.test.yaml"), "cases: []");
        return _folder;
    }
}
