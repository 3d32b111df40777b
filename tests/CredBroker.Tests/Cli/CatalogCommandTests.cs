using CredBroker.Tests.Client;
using CredBroker.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Cli;

public sealed class CatalogCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;
    private FakeBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await FakeBroker.StartAsync(unix: true);
        await File.WriteAllTextAsync(Path.Combine(_folder, "broker.yaml"), "trust_domains: {}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Check_finds_mistakes_without_a_broker_and_says_where()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "broker.yaml"), "trust_domains: {}\ntols: {}\n", TestContext.Current.CancellationToken);

        var people = await CliRun.OfAsync("catalog", "check", _folder);
        var programs = await CliRun.OfAsync("catalog", "check", _folder, "--json");

        var shown = Path.Combine(_folder, "broker.yaml");
        Assert.StartsWith($"{shown}:2:1: error: ", people.Error, StringComparison.Ordinal);
        Assert.EndsWith("\nerror: 1 error\n", people.Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (people.ExitCode, people.Out));
        Assert.Equal((1, ""), (programs.ExitCode, programs.Error));
        var problem = programs.Json.GetProperty("problems")[0];
        Assert.Equal(("broker.yaml", 2, 1), (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32()));
        Assert.DoesNotContain("broker.yaml:", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_is_content_with_a_good_catalog()
    {
        const string Catalog = """
            tools:
              mail:
                audience: https://mail.example.test
                data: internal
                egress: true
                actions:
                  send:
                    risk: write
            """;
        await File.WriteAllTextAsync(Path.Combine(_folder, "broker.yaml"), Catalog, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "all.cedar"), "permit (principal, action, resource);", TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync("catalog", "check", _folder);

        Assert.Equal((0, "no problems; it can be applied\n", ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Apply_sends_every_file_by_its_path_but_hidden_ones_and_example_requests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "policies"));
        Directory.CreateDirectory(Path.Combine(_folder, ".git"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "policies", "a.cedar"), "permit", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "policies", "a.test.yaml"), "cases", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, ".git", "config"), "secret", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, ".env"), "secret", TestContext.Current.CancellationToken);
        Answer(new() { Version = 3, Valid = true, Differences = { "tool mail: added" } });

        var run = await RunAsync("catalog", "apply", _folder, "--expect-version", "2");

        var sent = (ApplyCatalogRequest)_broker.Calls.Single().Request;
        Assert.Equal(["broker.yaml", "policies/a.cedar"], sent.Files.Select(file => file.Name));
        Assert.Equal("permit", sent.Files[1].Content.ToStringUtf8());
        Assert.Equal((false, 2), (sent.DryRun, sent.ExpectedVersion));
        Assert.Equal("tool mail: added\nno problems; version 3 is in force\n", run.Out);
    }

    [Fact]
    public async Task Apply_with_warnings_applies_and_tells_them()
    {
        Answer(new() { Version = 3, Valid = true, Problems = { new CatalogProblem { File = "broker.yaml", Line = 4, Column = 2, Message = "unused", Warning = true } } });

        var run = await RunAsync("catalog", "apply", _folder);

        Assert.EndsWith("broker.yaml:4:2: warning: unused\n", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, "1 warning; version 3 is in force\n"), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task A_dry_run_says_so()
    {
        Answer(new() { Valid = true });

        var run = await RunAsync("catalog", "apply", _folder, "--dry-run");

        Assert.True(((ApplyCatalogRequest)_broker.Calls.Single().Request).DryRun);
        Assert.Equal("no problems; nothing was applied\n", run.Out);
    }

    [Fact]
    public async Task A_catalog_that_the_broker_refuses_is_a_failure()
    {
        Answer(new() { Problems = { new CatalogProblem { File = "a", Line = 1, Column = 1, Message = "x" }, new CatalogProblem { File = "a", Line = 2, Column = 1, Message = "y" } } });

        var run = await RunAsync("catalog", "apply", _folder);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.EndsWith("error: 2 errors\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_lists_the_files_or_writes_one_as_it_is()
    {
        _broker.On<GetCatalogRequest, GetCatalogResponse>(request => new()
        {
            Version = request.Version == 0 ? 7 : request.Version,
            Digest = ByteString.CopyFrom(1, 0xAB),
            AppliedAt = new Timestamp { Seconds = 0 },
            AppliedBy = "uid:0",
            Files = { new CatalogFile { Name = "broker.yaml", Content = ByteString.CopyFromUtf8("a: b\tc\n") } },
        });

        var inForce = await RunAsync("catalog", "show");
        var earlier = await RunAsync("catalog", "show", "3", "--json");
        var file = await RunAsync("catalog", "show", "--file", "broker.yaml");
        var none = await RunAsync("catalog", "show", "--file", "nothing");

        Assert.Equal("version  7\ndigest   01ab\napplied  1970-01-01 00:00:00Z by uid:0\nFILE         BYTES\nbroker.yaml  7\n", inForce.Out);
        Assert.Equal(3, earlier.Json.GetProperty("version").GetInt32());
        Assert.Equal("a: b\tc\n", file.Out);
        Assert.Equal((1, "error: version 7 has no file nothing\nhint: credbroker catalog show\n"), (none.ExitCode, none.Error));
    }

    private void Answer(ApplyCatalogResponse answer) => _broker.On<ApplyCatalogRequest, ApplyCatalogResponse>(_ => answer);

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync([.. args, "--address", _broker.Address.ToString()]);
}
