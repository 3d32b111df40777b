using FsCheck;
using Microsoft.FSharp.Core;

namespace CredBroker.Tests;

/// <summary>
/// Checks a property with the same samples on every run: a failure in the gate is a failure on your desk. Set FSCHECK_SEED to another
/// number to look elsewhere.
/// </summary>
internal static class Properties
{
    public static void Hold(Property property, int samples = 1000) => property.Check(
        Config.QuickThrowOnFailure.WithMaxTest(samples).WithQuietOnSuccess(true).WithReplay(
            FSharpOption<Replay>.Some(new Replay(new Rnd(Seed(), 0x9E3779B97F4A7C15), FSharpOption<int>.None))));

    private static ulong Seed() => ulong.TryParse(Environment.GetEnvironmentVariable("FSCHECK_SEED"), out var seed) ? seed : 20261120;
}
