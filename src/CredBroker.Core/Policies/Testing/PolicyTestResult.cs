using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Policies.Testing;

/// <summary>What came of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Was">The answer.</param>
/// <param name="Differences">Where it is another than expected, a line each; none: it is as expected.</param>
public sealed record PolicyTestResult(PolicyTestCase Case, PolicyTestAnswer Was, ImmutableArray<string> Differences)
{
    /// <summary>True when the answer is as expected.</summary>
    public bool Passed => Differences.IsEmpty;

    /// <summary>Holds an answer against what is expected.</summary>
    internal static PolicyTestResult Of(PolicyTestCase test, PolicyTestAnswer was)
    {
        var expected = test.Expected;
        var differences = ImmutableArray.CreateBuilder<string>();
        if (expected.Outcome != was.Outcome) differences.Add($"expected {expected.Outcome.Word()}, was {was.Outcome.Word()}");
        Compare("by", expected.By is { } by ? Words(by) : null, Words(was.By));
        Compare("reason", expected.Reason?.Word(), was.Reason?.Word() ?? "none");
        Compare("approvers", expected.Approvers is { } approvers ? Words(approvers) : null, Words(was.Approvers));
        Compare("quorum", Number(expected.Quorum), Number(was.Quorum) ?? "none");
        Compare("max_ttl", Length(expected.MaxTimeToLive), Length(was.MaxTimeToLive) ?? "none");
        Compare("single_use", Truth(expected.SingleUse), Truth(was.SingleUse) ?? "none");
        Compare("obligations", expected.Obligations is { } obligations ? Words(obligations) : null, Words(was.Obligations));
        return new(test, was, differences.DrainToImmutable());

        void Compare(string what, string? wanted, string found)
        {
            if (wanted is not null && wanted != found) differences.Add($"{what}: expected {wanted}, was {found}");
        }
    }

    private static string Words(ImmutableArray<string> words) => words.IsEmpty ? "none" : string.Join(", ", words);

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Length(TimeSpan? length) => length is { } given ? Durations.Show(given) : null;

    private static string? Truth(bool? truth) => truth is { } given ? given ? "true" : "false" : null;
}
