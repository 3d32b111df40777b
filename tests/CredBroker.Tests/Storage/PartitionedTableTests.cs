using CredBroker.Server.Storage;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Tests.Storage;

public sealed class PartitionedTableTests
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly PartitionedTable Daily = new("tokens", PartitionPeriod.Day);
    private static readonly PartitionedTable Monthly = new("audit_entries", PartitionPeriod.Month);

    private static Arbitrary<DateTimeOffset> Moments { get; } =
        Gen.Choose(0, 10 * 365 * 24 * 60).Select(minutes => Epoch.AddMinutes(minutes)).ToArbitrary();

    [Fact]
    public void A_day_is_named_after_itself_and_a_month_after_its_first()
    {
        var moment = new DateTimeOffset(2026, 11, 20, 23, 30, 0, TimeSpan.FromHours(-2));

        Assert.Equal("tokens_20261121", Daily.NameOf(Daily.StartOf(moment)));
        Assert.Equal("audit_entries_202611", Monthly.NameOf(Monthly.StartOf(moment)));
    }

    [Theory]
    [InlineData("tokens")]
    [InlineData("audit_entries")]
    public void The_wanted_partitions_hold_the_present_and_three_to_come_without_a_gap(string name) => Check.QuickThrowOnFailure(
        Prop.ForAll(Moments, now =>
        {
            var table = PartitionedTable.All.Single(t => t.Name == name);
            var wanted = table.WantedAt(now).ToList();

            return wanted[0] <= now.AddHours(-1)
                && wanted.Count(s => s > now) == PartitionedTable.Ahead
                && wanted.Zip(wanted.Skip(1)).All(pair => table.EndOf(pair.First) == pair.Second);
        }));

    [Theory]
    [InlineData("tokens")]
    [InlineData("audit_entries")]
    public void A_broker_is_ready_with_the_present_partition_and_two_to_come(string name) => Check.QuickThrowOnFailure(
        Prop.ForAll(Moments, now =>
        {
            var table = PartitionedTable.All.Single(t => t.Name == name);
            var needed = table.NeededAt(now).ToList();

            return needed.Count == 3 && needed[0] == table.StartOf(now) && needed.All(table.WantedAt(now).Contains);
        }));

    [Theory]
    [InlineData("tokens")]
    [InlineData("audit_entries")]
    public void A_name_is_read_back(string name) => Check.QuickThrowOnFailure(
        Prop.ForAll(Moments, now =>
        {
            var table = PartitionedTable.All.Single(t => t.Name == name);
            var start = table.StartOf(now);

            return table.TryParse(table.NameOf(start), out var read) && read == start;
        }));

    [Theory]
    [InlineData("tokens")]
    [InlineData("tokens_")]
    [InlineData("tokens_2026112")]
    [InlineData("tokens_202611200")]
    [InlineData("tokens_20261320")]
    [InlineData("tokens_20260230")]
    [InlineData("tokens_2026 120")]
    [InlineData("tokens_-2261120")]
    [InlineData("tokens-20261120")]
    [InlineData("Tokens_20261120")]
    [InlineData("xtokens_2026112")]
    [InlineData("tokens_٢٠٢٦١١٢٠")]
    public void Other_tables_are_not_taken_for_partitions(string name) => Assert.False(Daily.TryParse(name, out _));

    [Fact]
    public void Any_text_is_refused_or_is_exactly_a_name() => Check.QuickThrowOnFailure(
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var name = "tokens_" + text.Get;
            return !Daily.TryParse(name, out var start) || Daily.NameOf(start) == name;
        }));

    [Fact]
    public void No_token_is_dropped_while_its_task_can_live() => Check.QuickThrowOnFailure(
        Prop.ForAll(Moments, Gen.Choose(25 * 60, 3 * 24 * 60).ToArbitrary(), (taskMadeAt, retentionMinutes) =>
        {
            var lastMoment = taskMadeAt + PartitionOptions.LongestTaskLife;
            return !Daily.IsDue(Daily.StartOf(taskMadeAt), TimeSpan.FromMinutes(retentionMinutes), lastMoment);
        }));

    [Fact]
    public void What_is_due_is_never_wanted_and_there_are_never_more_than_eight() => Check.QuickThrowOnFailure(
        Prop.ForAll(Moments, Gen.Choose(25 * 60, 3 * 24 * 60).ToArbitrary(), (now, retentionMinutes) =>
        {
            var retention = TimeSpan.FromMinutes(retentionMinutes);
            var wanted = Daily.WantedAt(now).ToList();
            var kept = Enumerable.Range(-30, 30).Select(d => wanted[0].AddDays(d)).Where(s => !Daily.IsDue(s, retention, now));

            return !wanted.Any(s => Daily.IsDue(s, retention, now)) && wanted.Count + kept.Count() <= 8;
        }));

    [Fact]
    public void Without_a_retention_nothing_is_ever_due() =>
        Assert.False(Monthly.IsDue(Epoch, retention: null, Epoch.AddYears(100)));
}
