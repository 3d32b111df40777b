using System.Globalization;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Values;

/// <summary>Sets and records: as mathematics has them, in time proportional to their size.</summary>
public sealed class CollectionTests
{
    private const int Many = 100_000;

    private static readonly Arbitrary<(int[] Left, int[] Right)> s_pairs =
        (from left in Gen.ArrayOf(Gen.Choose(0, 6)) from right in Gen.ArrayOf(Gen.Choose(0, 6)) select (left, right)).ToArbitrary();

    [Fact]
    public void Sets_answer_as_the_platforms_sets_do() => Properties.Hold(Prop.ForAll(s_pairs, pair =>
    {
        var (left, right) = (SetOf(pair.Left), SetOf(pair.Right));
        var (a, b) = (pair.Left.ToHashSet(), pair.Right.ToHashSet());
        return left.Count == a.Count
            && left.Equals(right) == a.SetEquals(b)
            && (!left.Equals(right) || left.GetHashCode() == right.GetHashCode())
            && left.ContainsAll(right) == a.IsSupersetOf(b)
            && left.ContainsAny(right) == a.Overlaps(b)
            && Enumerable.Range(0, 8).All(i => left.Contains(CedarValue.Of(i)) == a.Contains(i));
    }));

    [Fact]
    public void Records_are_equal_when_their_entries_are_in_whatever_order() => Properties.Hold(Prop.ForAll(s_pairs, pair =>
    {
        var (left, right) = (RecordOf(pair.Left.Distinct()), RecordOf(pair.Right.Distinct()));
        var areSame = pair.Left.ToHashSet().SetEquals(pair.Right);
        return left.Equals(right) == areSame && (!areSame || left.GetHashCode() == right.GetHashCode());
    }));

    [Fact]
    public void A_record_finds_what_it_has()
    {
        var record = RecordOf(Enumerable.Range(0, 1_000));

        Assert.True(record.TryGet("999", out var value));
        Assert.Equal(CedarValue.Of(999), value);
        Assert.False(record.TryGet("1000", out value));
        Assert.True(value.IsNone);
        Assert.True(record.Contains("0"));
        Assert.False(CedarRecord.Empty.Contains(""));
    }

    [Fact]
    public void A_record_has_no_name_twice()
    {
        KeyValuePair<string, CedarValue>[] entries = [new("a", CedarValue.True), new("b", CedarValue.True), new("a", CedarValue.True)];

        Assert.False(CedarRecord.TryCreate(entries, out var record, out var repeated));
        Assert.Null(record);
        Assert.Equal("a", repeated);
        Assert.Throws<ArgumentException>(() => CedarRecord.Of(entries));
    }

    [Fact]
    public void A_set_keeps_the_order_in_which_elements_were_first_given() =>
        Assert.Equal("[3, 1, 2]", SetOf([3, 1, 3, 2, 1]).ToString());

    [Fact]
    public void Elements_of_all_kinds_live_in_one_set()
    {
        var set = CedarSet.Of(CedarValue.Of(1), CedarValue.True, CedarValue.Of("1"), CedarValue.Of(SetOf([1])), CedarValue.Of(CedarRecord.Empty), CedarValue.Of(1));

        Assert.Equal(5, set.Count);
        Assert.True(set.Contains(CedarValue.Of(SetOf([1, 1]))));
        Assert.False(set.Contains(CedarValue.False));
        Assert.False(set.HasOnlyEntities);
        Assert.True(CedarSet.Of(CedarValue.Of(EntityUid.Of("A", "x"))).HasOnlyEntities);
    }

    [Fact]
    public void Large_sets_are_made_and_compared_in_linear_time()
    {
        var numbers = Enumerable.Range(0, Many).ToArray();
        var (up, down) = (SetOf(numbers), SetOf(numbers.Reverse().Concat(numbers)));

        Assert.True(up.Equals(down));
        Assert.True(up.ContainsAll(down));
        Assert.False(up.ContainsAny(SetOf(numbers.Select(i => i + Many))));
    }

    [Fact]
    public void Large_sets_of_nested_values_are_compared_in_linear_time()
    {
        CedarSet Nested(IEnumerable<int> numbers) => CedarSet.Of([.. numbers.Select(i => CedarValue.Of(SetOf([i, i + 1])))]);

        Assert.True(Nested(Enumerable.Range(0, Many)).Equals(Nested(Enumerable.Range(0, Many).Reverse())));
    }

    [Theory]
    [InlineData(1L << 32)]
    [InlineData(1L << 40)]
    [InlineData(1_024)]
    [InlineData(65_537)]
    public void Regular_distances_between_numbers_do_not_make_them_meet(long distance)
    {
        var set = CedarSet.Of([.. Enumerable.Range(0, Many).Select(i => CedarValue.Of(i * distance))]);

        Assert.Equal(Many, set.Count);
        Assert.True(set.Contains(CedarValue.Of((Many - 1) * distance)));
    }

    [Fact]
    public void Large_records_are_made_and_compared_in_linear_time() =>
        Assert.True(RecordOf(Enumerable.Range(0, Many)).Equals(RecordOf(Enumerable.Range(0, Many).Reverse())));

    private static CedarSet SetOf(IEnumerable<int> numbers) => CedarSet.Of([.. numbers.Select(i => CedarValue.Of(i))]);

    private static CedarRecord RecordOf(IEnumerable<int> numbers) =>
        CedarRecord.Of([.. numbers.Select(i => new KeyValuePair<string, CedarValue>(i.ToString(CultureInfo.InvariantCulture), CedarValue.Of(i)))]);
}
