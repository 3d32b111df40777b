using FsCheck;

namespace Grpc.Tests;

/// <summary>
/// How many inputs the properties get: the same 10,000 every time, or, with CREDBROKER_FUZZ=long (scripts/fuzz), 1,000,000 that are new
/// with every run. FsCheck names the seed of a failure.
/// </summary>
internal static class Fuzz
{
    private const string Variable = "CREDBROKER_FUZZ";

    public static Config Inputs { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => Config.QuickThrowOnFailure.WithMaxTest(10_000).WithReplay(2026, 1121),
        "long" => Config.QuickThrowOnFailure.WithMaxTest(1_000_000),
        var other => throw new InvalidOperationException($"{Variable}={other} means nothing; \"long\" does."),
    };
}
