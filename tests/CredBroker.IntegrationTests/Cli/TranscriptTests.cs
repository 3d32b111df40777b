using System.CommandLine;
using CredBroker.Cli;
using CredBroker.Server.Keys;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>Each file <c>*.txt</c> beside this one is what people and scripts may rely on, run against a broker of its own.</summary>
public sealed class TranscriptTests(Postgres postgres)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cli");

    private const string Cases = """
        defaults: { workload: agent }
        cases:
          - name: the agent reads what is open
            tool: tickets
            action: read
            resource: acme/4711
            parameters: { state: open }
            expect: { outcome: allow, by: [not-privileged], max_ttl: 10m }
          - name: nothing is released
            tool: deploy
            action: release
            resource: services/helpdesk
            expect: deny

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_command_line_does_what_its_transcripts_say(string name)
    {
        await using var broker = name is "approvals" or "approved" ? await AskedBroker.StartAsync(postgres) : await TestBroker.StartAsync(postgres);
        await using var empty = await postgres.CreateEmptyDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("cb").FullName;
        var known = new Dictionary<string, string>
        {
            ["CREDBROKER_ADDRESS"] = broker.SocketAddress,
            ["tcp"] = broker.TcpAddress,
            ["kid"] = broker.Service<SigningKeys>().Current.KeyId,
            ["dir"] = await TestCatalog.WriteAsync(Path.Combine(folder, "dir")),
            ["wider"] = await TestCatalog.WriteAsync(
                Path.Combine(folder, "wider"), TestCatalog.Yaml().Replace("live_tasks: 2", "live_tasks: 3", StringComparison.Ordinal) + "\n"),
            ["strict"] = await TestCatalog.WriteAsync(
                Path.Combine(folder, "strict"), policies: TestCatalog.Policies.Replace(", Action::\"write\", Action::\"egress\"", "", StringComparison.Ordinal)),
            ["wrong"] = await WriteAsync(Path.Combine(folder, "wrong"), "broker.yaml", "tols: {}\nworkloads: {agent: {owner: me}}\n"),
            ["tested"] = await WriteAsync(await TestCatalog.WriteAsync(Path.Combine(folder, "tested")), "policies.test.yaml", Cases),
            ["config"] = await WriteAsync(Path.Combine(folder, "config"), "empty.json", ConfigurationOf(empty.ConnectionString)),
        };
        known["failing"] = await WriteAsync(await TestCatalog.WriteAsync(Path.Combine(folder, "failing")), "policies.test.yaml", Cases.Replace("deny", "allow", StringComparison.Ordinal));
        if (name == "approvals") (known["first"], known["second"]) = await AskedBroker.AskOtherAsync(broker);
        if (name == "approved") (known["task"], known["given"], known["refused"]) = await AskedBroker.AskOwnAsync(broker);
        await WriteAsync(known["config"], "nowhere.json", ConfigurationOf("Host=127.0.0.1;Port=1;Database=none;Timeout=5"));
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.txt"), Ct);

        await new TranscriptRun(known).RunAsync(Transcript.Read(text));

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_command_has_a_transcript_for_people_and_one_for_programs()
    {
        var root = CommandLine.Root(new Shell(new Terminal { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null }));
        var commands = Directory.GetFiles(Folder, "*.txt").SelectMany(file => Transcript.Read(File.ReadAllText(file)))
            .Where(step => step.ExitCode == 0).Select(step => Transcript.Words(step.Command)).ToList();

        foreach (var leaf in Leaves(root, []).Where(leaf => leaf is not (["serve"] or ["dev"]))) // processes: ProcessTests
        {
            var runs = commands.Where(words => words.Take(leaf.Length).SequenceEqual(leaf)).ToList();
            Assert.True(runs.Any(words => !words.Contains("--json")), $"no transcript shows {string.Join(' ', leaf)} to people");
            Assert.True(runs.Any(words => words.Contains("--json")), $"no transcript shows {string.Join(' ', leaf)} to programs");
        }
    }

    [Fact]
    public void A_transcript_is_read_as_commands_with_what_they_write()
    {
        var steps = Transcript.Read("# words\n\n$ credbroker a 'b c'\nout\n\nmore\n2> error: no\n? 4\n\n$ credbroker d\n");

        Assert.Equal([new(3, "a 'b c'", "out\n\nmore\n", "error: no\n", 4), new(10, "d", "", "", 0)], steps);
        Assert.Equal(["a", "b c", "", "d\"e"], Transcript.Words("a 'b c' '' d'\"'e"));
    }

    [Theory]
    [InlineData("$ credbroker version\nsomething else\n")]
    [InlineData("$ credbroker version\ncredbroker <text>\n? 1\n")]
    [InlineData("$ credbroker version\ncredbroker <text>\n2> noise\n")]
    [InlineData("$ credbroker version\n")]
    public async Task A_transcript_that_differs_fails(string text) =>
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => new TranscriptRun([]).RunAsync(Transcript.Read(text)));

    private static IEnumerable<string[]> Leaves(Command command, string[] path) =>
        command.Subcommands.Count == 0 ? [path] : command.Subcommands.SelectMany(sub => Leaves(sub, [.. path, sub.Name]));

    private static async Task<string> WriteAsync(string folder, string name, string content)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, name), content, Ct);
        return folder;
    }

    private static string ConfigurationOf(string database) => $$"""{ "CredBroker": { "Database": "{{database}}" } }""";
}
