namespace CredBroker.IntegrationTests.Cli;

/// <summary>Each file <c>*.txt</c> beside this one is what people and scripts may rely on, run against a broker of its own.</summary>
public sealed class TranscriptTests(Postgres postgres)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cli");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_command_line_does_what_its_transcripts_say(string name)
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var folder = Directory.CreateTempSubdirectory("cb").FullName;
        var known = new Dictionary<string, string>
        {
            ["CREDBROKER_ADDRESS"] = broker.SocketAddress,
            ["tcp"] = broker.TcpAddress,
            ["dir"] = folder,
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "broker.yaml"), TestCatalog.Yaml(), TestContext.Current.CancellationToken);
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.txt"), TestContext.Current.CancellationToken);

        await new TranscriptRun(known).RunAsync(Transcript.Read(text));

        Directory.Delete(folder, recursive: true);
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
}
