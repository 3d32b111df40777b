using CredBroker.Cedar.Fuzz;
using CredBroker.Cedar.Fuzz.Comparison;

namespace CredBroker.Cedar.Tests.Differential;

/// <summary>
/// A few hundred random cases, asked of the official build and of our engine; scripts/cedar-fuzz asks a million. The same on every run:
/// CEDAR_FUZZ_SEED names other ones. Skipped where there is no Node, or npm cannot fetch the official build.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Random_cases_are_answered_as_by_the_official_build()
    {
        var missing = await OfficialBuild.WhyNotAsync();
        Assert.SkipUnless(missing is null, missing ?? "");
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("CEDAR_FUZZ_SEED"), out var given) ? given : 1;
        var lines = new List<string>();

        var totals = await new Fuzzing(new() { Seed = seed, Authorizations = 3_000, Validations = 300, Workers = 1 }, lines.Add).RunAsync();

        output.WriteLine($"seed {seed}: {totals}");
        Assert.True(totals.Differences == 0, string.Join('\n', lines));
        // What is denied, invalid or refused throughout would prove nothing.
        Assert.InRange(totals.AllowedShare, 0.25, 0.75);
        Assert.InRange(totals.FailingShare, 0.05, 0.60);
        Assert.InRange(totals.ValidPoliciesShare, 0.50, 0.95);
        Assert.InRange(totals.Deaths, 0, totals.Cases / 20);
    }
}
