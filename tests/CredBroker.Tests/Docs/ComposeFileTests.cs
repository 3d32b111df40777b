using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Docs;

/// <summary>docker-compose.yml is one that docker-compose takes, and no secret has a default.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string[] s_needed = ["POSTGRES_PASSWORD", "CREDBROKER_PASSWORD", "TLS_CERTIFICATE", "TLS_KEY", "PUBLIC_ORIGIN"];

    private static string Text => File.ReadAllText(Repository.PathOf("docker-compose.yml"));

    [Fact]
    public void Every_variable_but_the_port_is_required()
    {
        var variables = Reference().Matches(Text).Select(match => (Name: match.Groups["name"].Value, Operator: match.Groups["operator"].Value)).ToList();

        Assert.Equal(s_needed.Append("PORT").Order(), variables.Select(variable => variable.Name).Distinct().Order());
        Assert.All(variables, variable => Assert.Equal(variable.Name == "PORT" ? ":-" : ":?", variable.Operator));
    }

    [Fact]
    public void A_password_is_a_required_variable_wherever_one_stands()
    {
        var passwords = Password().Matches(WithoutComments()).Select(match => match.Groups["value"].Value).ToList();

        Assert.NotEmpty(passwords);
        Assert.All(passwords, password => Assert.StartsWith("${", password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Docker_compose_takes_it_when_all_is_set()
    {
        var (exit, errors) = await ConfigAsync(without: null);

        Assert.True(exit == 0, errors);
    }

    [Theory]
    [InlineData("POSTGRES_PASSWORD")]
    [InlineData("CREDBROKER_PASSWORD")]
    [InlineData("TLS_CERTIFICATE")]
    [InlineData("TLS_KEY")]
    [InlineData("PUBLIC_ORIGIN")]
    public async Task Docker_compose_refuses_it_when_one_is_missing(string variable)
    {
        var (exit, errors) = await ConfigAsync(without: variable);

        Assert.NotEqual(0, exit);
        Assert.Contains("set ", errors, StringComparison.Ordinal);
    }

    private static string WithoutComments() =>
        string.Join('\n', Text.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    private static async Task<(int Exit, string Errors)> ConfigAsync(string? without)
    {
        var start = new ProcessStartInfo("docker-compose", ["--file", Repository.PathOf("docker-compose.yml"), "config", "--quiet"])
        {
            RedirectStandardError = true,
        };
        foreach (var variable in s_needed) start.Environment.Remove(variable);
        foreach (var variable in s_needed.Where(variable => variable != without)) start.Environment[variable] = "./given";
        using var process = Started(start);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors);
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"docker-compose is not installed: {missing.Message}");
            throw;
        }
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)(?<operator>:[?-])?")]
    private static partial Regex Reference();

    [GeneratedRegex(@"PASSWORD\s*[:=]\s*(?<value>\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex Password();
}
