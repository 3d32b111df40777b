using CredBroker.Cedar.Fuzz;
using CredBroker.Cedar.Fuzz.Cases;
using CredBroker.Cedar.Fuzz.Comparison;

namespace CredBroker.Cedar.Tests.Differential;

/// <summary>Cases: the same for the same number, of all kinds, and not trivial.</summary>
public sealed class CaseMakerTests
{
    private static readonly string[] s_words =
    [
        "contains(", "containsAll(", "containsAny(", "isEmpty(", "getTag(", "hasTag(", "lessThan(", "lessThanOrEqual(", "greaterThan(", "greaterThanOrEqual(", "isIpv4(", "isIpv6(", "isLoopback(", "isMulticast(", "isInRange(",
        "offset(", "durationSince(", "toDate(", "toTime(", "toMilliseconds(", "toSeconds(", "toMinutes(", "toHours(", "toDays(", "ip(", "decimal(", "datetime(", "duration(", " like ", " is ", " has ", " in ", "if ", " + ", " - ",
        " * ", " && ", " || ", "!", "==", "!=", "<", "<=", ">", ">=", "?principal", "?resource", "unless", "forbid", "namespace", "enum", "tags", "commonTypes", "memberOfTypes", "templateLinks", "__entity", "__extn",
    ];

    [Fact]
    public void A_case_follows_from_its_seed() => Assert.Equal(CaseMaker.Make(7).ToString(), CaseMaker.Make(7).ToString());

    [Fact]
    public void Other_seeds_make_other_cases() => Assert.Equal(50, Enumerable.Range(0, 50).Select(seed => CaseMaker.Make((ulong)seed).ToString()).Distinct().Count());

    [Fact]
    public void Everything_that_the_language_has_is_in_some_case()
    {
        var all = string.Concat(Enumerable.Range(0, 400).Select(seed => Unescaped(CaseMaker.Make((ulong)seed))));

        Assert.DoesNotContain(s_words, word => !all.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_case_differs_from_nothing_when_our_side_is_asked_twice()
    {
        var examiner = new Examiner(new InProcess(), new InProcess());
        var totals = new Totals();
        for (var seed = 0UL; seed < 40; seed++) Assert.Empty(await examiner.ExamineAsync(CaseMaker.Make(seed), totals));

        Assert.True(totals.Decided > 300, $"{totals}");
        Assert.True(totals.Refused > 0, $"{totals}");
        Assert.True(totals.RoundTrips > 0, $"{totals}");
    }

    /// <summary>The texts in it as they are.</summary>
    private static string Unescaped(JsonTree json) => json switch
    {
        JsonTree.Text { Value: var text } => text,
        _ => string.Concat(json.Items.Select(Unescaped)) + string.Concat(json.Members.Select(member => member.Name + Unescaped(member.Value))),
    };
}
