using System.Diagnostics;
using System.Globalization;
using CredBroker.Cedar.Fuzz.Comparison;

namespace CredBroker.Cedar.Fuzz;

/// <summary>Holds our engine against the official build, until both have answered enough, and says what differs.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (Options.Read(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("usage: cedar-fuzz [--seed N] [--authorizations N] [--validations N] [--seconds N] [--workers N] | --case SEED");
            return 2;
        }

        if (await OfficialBuild.WhyNotAsync() is { } missing)
        {
            await Console.Error.WriteLineAsync($"error: {missing}");
            return 2;
        }

        var start = Stopwatch.GetTimestamp();
        var totals = await new Fuzzing(options, Console.WriteLine).RunAsync();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s: {totals}"));
        return totals.Differences == 0 ? 0 : 1;
    }
}
