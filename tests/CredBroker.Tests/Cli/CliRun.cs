using System.Text.Json;
using CredBroker.Cli;

namespace CredBroker.Tests.Cli;

/// <summary>One run of the command line in this process, and what came of it.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as the one JSON document that it has to be.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static Task<CliRun> OfAsync(params string[] args) => OfAsync(new Surroundings(), args);

    public static async Task<CliRun> OfAsync(Surroundings around, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader(around.In);
        var terminal = new Terminal
        {
            In = input,
            Out = output,
            Error = error,
            InIsTerminal = around.Terminal,
            OutIsTerminal = around.Terminal,
            ErrorIsTerminal = around.Terminal,
            Width = 100,
            Environment = name => around.Environment.GetValueOrDefault(name),
        };
        var code = await CommandLine.RunAsync(args, terminal, TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }
}

/// <summary>What a run finds around it.</summary>
internal sealed record Surroundings
{
    public string In { get; init; } = "";

    public bool Terminal { get; init; }

    public Dictionary<string, string> Environment { get; init; } = [];
}
