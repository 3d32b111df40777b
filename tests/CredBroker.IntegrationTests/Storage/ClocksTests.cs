using CredBroker.Server.Storage;

namespace CredBroker.IntegrationTests.Storage;

public sealed class ClocksTests(Postgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clocks_of_one_machine_agree()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.Null(await Clocks.CompareAsync(database.DataSource, TimeProvider.System, Clocks.DefaultBound, Ct));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clocks_an_hour_apart_are_told_with_both_values(int hours)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var ours = TimeProvider.System.GetUtcNow().AddHours(hours);

        var difference = await Clocks.CompareAsync(database.DataSource, new SetClock(ours), Clocks.DefaultBound, Ct);

        Assert.NotNull(difference);
        Assert.InRange((difference.Database - difference.Ours).Duration(), TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(62));
        Assert.Contains($"this broker {ours.UtcDateTime:O}", difference.ToString(), StringComparison.Ordinal);
        Assert.Contains($"the database has {difference.Database.UtcDateTime:O}", difference.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 s is the most", difference.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-20, true)]
    [InlineData(-40, false)]
    public async Task The_bound_is_what_decides(int seconds, bool agree)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var clock = new SetClock(TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        Assert.Equal(agree, await Clocks.CompareAsync(database.DataSource, clock, TimeSpan.FromSeconds(30), Ct) is null);
    }

    [Fact]
    public async Task A_slow_answer_is_not_a_difference()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var clock = new SetClock(TimeProvider.System.GetUtcNow().AddSeconds(-60)) { Step = TimeSpan.FromSeconds(120) };

        Assert.Null(await Clocks.CompareAsync(database.DataSource, clock, Clocks.DefaultBound, Ct));
    }
}
