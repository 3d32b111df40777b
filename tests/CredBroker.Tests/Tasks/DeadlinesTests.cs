using CredBroker.Core.Tasks;
using FsCheck.Fluent;

namespace CredBroker.Tests.Tasks;

public sealed class DeadlinesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    [Fact]
    public void Microseconds_and_seconds_are_cut_downward_and_in_utc()
    {
        var moment = new DateTimeOffset(Now.Ticks + 12_345_678, TimeSpan.Zero);
        Assert.Equal(Now.AddTicks(12_345_670), Deadlines.ToMicroseconds(moment));
        Assert.Equal(Now.AddSeconds(1), Deadlines.ToSeconds(moment));
        Assert.Equal(TimeSpan.Zero, Deadlines.ToSeconds(moment.ToOffset(TimeSpan.FromHours(5))).Offset);
        Assert.Equal(Deadlines.ToSeconds(moment), Deadlines.ToSeconds(moment.ToOffset(TimeSpan.FromHours(5))));
        Assert.Equal(TimeSpan.Zero, Deadlines.ToMicroseconds(moment.ToOffset(TimeSpan.FromHours(-3))).Offset);
    }

    [Fact]
    public void A_task_ends_after_its_time_but_never_after_its_parent()
    {
        Assert.Equal(Now.AddMinutes(5), Deadlines.OfTask(Now, TimeSpan.FromMinutes(5)));
        Assert.Equal(Now.AddMinutes(5), Deadlines.OfTask(Now, TimeSpan.FromMinutes(5), Now.AddMinutes(6)));
        Assert.Equal(Now.AddMinutes(4), Deadlines.OfTask(Now, TimeSpan.FromMinutes(5), Now.AddMinutes(4)));
    }

    [Fact]
    public void A_token_ends_after_its_lifetime_but_never_after_its_task_in_whole_seconds()
    {
        Assert.Equal(Now.AddSeconds(60), Deadlines.OfToken(Now, TimeSpan.FromSeconds(60), Now.AddMinutes(5)));
        Assert.Equal(Now.AddSeconds(60), Deadlines.OfToken(Now.AddMilliseconds(900), TimeSpan.FromSeconds(60), Now.AddMinutes(5)));
        Assert.Equal(Now.AddSeconds(30), Deadlines.OfToken(Now, TimeSpan.FromSeconds(60), Now.AddSeconds(30.9)));
    }

    [Fact]
    public void A_heartbeat_is_due_after_its_interval_or_never()
    {
        Assert.Equal(Now.AddSeconds(10), Deadlines.OfHeartbeat(Now.AddTicks(9), TimeSpan.FromSeconds(10)));
        Assert.Null(Deadlines.OfHeartbeat(Now, null));
    }

    [Fact]
    public void One_clock_token_then_task_then_parent()
    {
        var spans = Gen.Choose(0, 1_000_000).Select(tens => new TimeSpan(tens * 8_640L * 97));
        var cases = from started in spans from own in spans from parent in spans from asked in spans from lifetime in spans
                    select (started, own, parent, asked, lifetime);
        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), at =>
        {
            var parent = Deadlines.OfTask(Now, at.parent);
            var task = Deadlines.OfTask(Now + at.started, at.own, parent);
            var token = Deadlines.OfToken(Now + at.asked, at.lifetime, task);
            return token <= task && task <= parent && token <= Now + at.asked + at.lifetime && task <= Now + at.started + at.own
                && token.Ticks % TimeSpan.TicksPerSecond == 0 && task.Ticks % TimeSpan.TicksPerMicrosecond == 0;
        }));
    }
}
