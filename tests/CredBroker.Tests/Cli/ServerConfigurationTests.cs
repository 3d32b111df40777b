using CredBroker.Cli;

namespace CredBroker.Tests.Cli;

public sealed class ServerConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;

    private string Config => Path.Combine(_folder, "broker.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Options_are_read_from_their_section()
    {
        Put("""{"CredBroker":{"Issuer":"https://i","Listen":["https://0.0.0.0:8443"],"CallTimeout":"00:00:05","DpopNonces":true}}""");

        Assert.True(ServerConfiguration.TryRead(Config, out var options, out _));

        Assert.Equal(("https://i", TimeSpan.FromSeconds(5), true), (options.Issuer, options.CallTimeout, options.DpopNonces));
        Assert.Equal(["https://0.0.0.0:8443"], options.Listen);
    }

    [Fact]
    public void Without_a_file_the_defaults_stand()
    {
        Assert.True(ServerConfiguration.TryRead(null, out var options, out _));

        Assert.Equal("https://credbroker.local", options.Issuer);
        Assert.Empty(options.Listen);
    }

    [Theory]
    [InlineData("""{"CredBroker":{"Isuer":"https://i"}}""", "Isuer")]
    [InlineData("""{"CredBroker":{"CallTimeout":"soon"}}""", "CallTimeout")]
    [InlineData("""{"CredBroker":""", "LineNumber: 0")]
    [InlineData("", "")]
    public void A_name_that_is_no_option_and_a_value_that_is_none_are_mistakes(string content, string named)
    {
        Put(content);

        Assert.False(ServerConfiguration.TryRead(Config, out var options, out var problem));

        Assert.Null(options);
        Assert.Contains(named, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "error: nothing to listen on: set UnixSocket or Listen; no database: set Database, or DataFolder for an embedded one\n")]
    [InlineData("serve --listen http://127.0.0.1:0", "error: no database: set Database, or DataFolder for an embedded one\n")]
    [InlineData("dev --catalog /nowhere/catalog --data /proc/nowhere", "error: the folder /proc/nowhere/postgres cannot be used")]
    public async Task A_broker_that_cannot_run_as_configured_says_why_and_what_to_do(string line, string error)
    {
        var run = await CliRun.OfAsync(line.Split(' '));

        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Migrate_needs_a_database()
    {
        var run = await CliRun.OfAsync("migrate");

        Assert.Equal((2, "error: no database is configured\nhint: set CREDBROKER__DATABASE to its connection string\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("Host=/nowhere;Username=x;Database=y")]
    [InlineData("Hst=/nowhere;Password=hunter2")]
    public async Task Migrate_tells_a_database_that_cannot_be_used_and_never_its_password(string database)
    {
        Put($$$"""{"CredBroker":{"Database":"{{{database}}}"}}""");

        var run = await CliRun.OfAsync("migrate", "--config", Config);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: the database cannot be used: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    private void Put(string content) => File.WriteAllText(Config, content);
}
