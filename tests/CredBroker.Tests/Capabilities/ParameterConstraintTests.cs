using CredBroker.Core.Capabilities;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Tests.Capabilities;

public sealed class ParameterConstraintTests
{
    [Fact]
    public void A_set_is_kept_sorted_by_code_unit_and_distinct()
    {
        Assert.True(StringSet.TryCreate(["b", "a", "b", "B", ""], out var set));
        Assert.Equal(["", "B", "a", "b"], set.Values);
        Assert.Equal(ParameterType.String, set.Type);
    }

    [Fact]
    public void Sets_are_equal_when_their_values_are_in_whatever_order_they_came()
    {
        Assert.Equal(Make.OneOf("a", "b"), Make.OneOf("b", "a"));
        Assert.Equal(Make.OneOf("a", "b").GetHashCode(), Make.OneOf("b", "a").GetHashCode());
        Assert.NotEqual(Make.OneOf("a", "b"), Make.OneOf("a", "c"));
        Assert.NotEqual(Make.OneOf("a"), Make.OneOf("a", "b"));
        Assert.NotEqual(Make.OneOf("a"), Make.Prefix("a"));
    }

    [Fact]
    public void A_set_has_1_to_64_values()
    {
        Assert.False(StringSet.TryCreate([], out _));
        Assert.True(StringSet.TryCreate(Enumerable.Range(0, 64).Select(i => $"v{i}"), out _));
        Assert.False(StringSet.TryCreate(Enumerable.Range(0, 65).Select(i => $"v{i}"), out _));
        Assert.True(StringSet.TryCreate(Enumerable.Repeat("same", 1000), out var one));
        Assert.Single(one.Values);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u2029b")]
    [InlineData("a\u202eb")]        // shows "ba" and means another
    [InlineData("a\u2066b")]
    public void Texts_that_cannot_be_stored_or_that_mislead_a_reader_are_refused(string text)
    {
        Assert.False(StringSet.TryCreate(["ok", text], out _));
        Assert.False(StringPrefix.TryCreate(text, out _));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        // Not as inline data: attributes are stored as UTF-8, which has no such thing.
        foreach (var text in new[] { "a\ud800b", "\udc00", "a\ud83d" })
        {
            Assert.False(StringSet.TryCreate([text], out _));
            Assert.False(StringPrefix.TryCreate(text, out _));
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("Größe 日本語 👩‍💻 \"quoted\" <b>&'+")]
    public void Other_texts_of_people_are_accepted(string text)
    {
        Assert.True(StringSet.TryCreate([text], out _));
        Assert.True(StringPrefix.TryCreate(text, out _));
    }

    [Fact]
    public void A_text_has_at_most_256_code_units()
    {
        Assert.True(StringSet.TryCreate([new string('a', 256)], out _));
        Assert.False(StringSet.TryCreate([new string('a', 257)], out _));
        Assert.True(StringPrefix.TryCreate(new string('a', 256), out _));
        Assert.False(StringPrefix.TryCreate(new string('a', 257), out _));
    }

    [Fact]
    public void An_empty_prefix_is_refused_for_it_constrains_nothing()
    {
        Assert.False(StringPrefix.TryCreate("", out _));
        Assert.False(StringPrefix.TryCreate(null, out _));
    }

    [Fact]
    public void A_range_has_at_least_one_value()
    {
        Assert.True(LongRange.TryCreate(long.MinValue, long.MaxValue, out var all));
        Assert.Equal((long.MinValue, long.MaxValue), (all.Min, all.Max));
        Assert.True(LongRange.TryCreate(7, 7, out var one));
        Assert.Equal(ParameterType.Long, one.Type);
        Assert.False(LongRange.TryCreate(1, 0, out _));
    }

    [Fact]
    public void Containment_of_constraints_is_exactly_that_of_the_values_they_allow()
    {
        string[] texts = ["u", "uv", "uvx", "w", "wz", "v", "vv", "x", ""];
        ParameterConstraint[] constraints =
        [
            .. Subsets(["u", "uv", "w", ""]).Where(s => s.Length > 0).Select(s => Make.OneOf(s)),
            .. new[] { "u", "uv", "w", "v" }.Select(Make.Prefix),
            .. Enumerable.Range(0, 4).SelectMany(min => Enumerable.Range(min, 4 - min).Select(max => Make.Range(min, max))),
            Make.Is(true), Make.Is(false),
        ];
        object[] values = [.. texts, .. Enumerable.Range(-1, 6).Select(i => (object)(long)i), true, false];

        foreach (var larger in constraints)
        {
            foreach (var smaller in constraints)
            {
                var isSubset = values.All(value => !Allows(smaller, value) || Allows(larger, value));
                Assert.True(isSubset == Containment.Contains(larger, smaller), $"{larger} contains {smaller}");
            }
        }
    }

    internal static bool Allows(ParameterConstraint constraint, object value) => (constraint, value) switch
    {
        (StringSet set, string text) => set.Values.Contains(text),
        (StringPrefix prefix, string text) => text.StartsWith(prefix.Prefix, StringComparison.Ordinal),
        (LongRange range, long number) => number >= range.Min && number <= range.Max,
        (BoolValue truth, bool value2) => truth.Value == value2,
        _ => false,
    };

    private static IEnumerable<string[]> Subsets(string[] all) =>
        Enumerable.Range(0, 1 << all.Length).Select(mask => all.Where((_, i) => (mask & (1 << i)) != 0).ToArray());
}
