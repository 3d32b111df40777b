using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class ReplaySetTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1792497600);
    private static readonly JwkThumbprint Key = ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256)).Thumbprint;
    private static readonly JwkThumbprint OtherKey = ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.OtherP256)).Thumbprint;

    [Fact]
    public void A_proof_is_fresh_once()
    {
        var set = new ReplaySet(100);
        var proof = new DpopOutcome.Verified(Key, "a", Now);
        Assert.Equal(ReplayOutcome.Fresh, set.Add(proof, Now));
        Assert.Equal(ReplayOutcome.Replayed, set.Add(proof, Now));
        Assert.Equal(ReplayOutcome.Replayed, set.Add(proof, Now.AddSeconds(60)));
    }

    [Fact]
    public void Ids_belong_to_their_key_and_their_second()
    {
        var set = new ReplaySet(100);
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "a", Now, Now));
        Assert.Equal(ReplayOutcome.Fresh, set.Add(OtherKey, "a", Now, Now));
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "b", Now, Now));
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "a", Now.AddSeconds(1), Now));
        Assert.Equal(ReplayOutcome.Replayed, set.Add(OtherKey, "a", Now, Now));
    }

    [Theory]
    [InlineData(-60, ReplayOutcome.Fresh)]
    [InlineData(-61, ReplayOutcome.OutsideWindow)]
    [InlineData(5, ReplayOutcome.Fresh)]
    [InlineData(6, ReplayOutcome.OutsideWindow)]
    public void Only_the_window_is_remembered(int seconds, ReplayOutcome expected) =>
        Assert.Equal(expected, new ReplaySet(100).Add(Key, "a", Now.AddSeconds(seconds), Now));

    [Fact]
    public void Every_proof_is_remembered_for_as_long_as_it_could_be_accepted()
    {
        var set = new ReplaySet(100);
        for (var second = 0; second < 300; second++)
        {
            var now = Now.AddSeconds(second);
            // Each second brings the newest proof that is acceptable, and replays of all that still are.
            Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, $"{second + 5}", now.AddSeconds(5), now));
            for (var age = -5; age <= 60 && second - age >= 5; age++)
            {
                Assert.Equal(ReplayOutcome.Replayed, set.Add(Key, $"{second - age}", now.AddSeconds(-age), now));
            }
        }
    }

    [Fact]
    public void A_clock_that_stepped_back_is_refused_where_memory_was_reused()
    {
        var set = new ReplaySet(100);
        // 68 seconds are kept (60 + 5 + 1 + 2): 68 s later the same table serves another second.
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "a", Now, Now));
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "b", Now.AddSeconds(68), Now.AddSeconds(68)));
        Assert.Equal(ReplayOutcome.OutsideWindow, set.Add(Key, "a", Now, Now));
    }

    [Fact]
    public void Too_many_in_one_second_are_refused_and_the_next_second_is_not_harmed()
    {
        var set = new ReplaySet(1000);
        var outcomes = Enumerable.Range(0, 5000).Select(i => set.Add(Key, $"{i}", Now, Now)).ToList();
        Assert.All(outcomes.Take(1000), outcome => Assert.Equal(ReplayOutcome.Fresh, outcome));
        Assert.Contains(ReplayOutcome.Full, outcomes);
        Assert.DoesNotContain(ReplayOutcome.Replayed, outcomes);
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, "x", Now.AddSeconds(1), Now));
    }

    [Fact]
    public void When_full_nothing_that_was_accepted_is_accepted_again()
    {
        var set = new ReplaySet(64);
        for (var i = 0; i < 2000; i++)
        {
            if (set.Add(Key, $"{i}", Now, Now) == ReplayOutcome.Fresh)
            {
                Assert.NotEqual(ReplayOutcome.Fresh, set.Add(Key, $"{i}", Now, Now));
            }
        }
        Assert.DoesNotContain(ReplayOutcome.Fresh, Enumerable.Range(0, 500).Select(i => set.Add(Key, $"{i}", Now, Now)));
    }

    [Fact]
    public async Task Four_threads_with_the_same_ids_have_one_winner_for_each()
    {
        const int ids = 40_000;
        var set = new ReplaySet(ids);
        var jtis = Enumerable.Range(0, ids).Select(i => $"{i}").ToArray();
        using var start = new Barrier(4);
        var wins = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                var won = 0;
                foreach (var jti in jtis)
                {
                    var outcome = set.Add(Key, jti, Now, Now);
                    Assert.True(outcome is ReplayOutcome.Fresh or ReplayOutcome.Replayed, $"{outcome}");
                    if (outcome == ReplayOutcome.Fresh) won++;
                }
                return won;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(ids, wins.Sum());
    }

    [Fact]
    public async Task Four_threads_that_turn_the_same_tables_over_have_one_winner_for_each()
    {
        const int seconds = 600;
        var set = new ReplaySet(64);
        using var step = new Barrier(4);
        var wins = new int[seconds];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var second = 0; second < seconds; second++)
                {
                    step.SignalAndWait();
                    var now = Now.AddSeconds(second);
                    if (set.Add(Key, "same", now, now) == ReplayOutcome.Fresh) Interlocked.Increment(ref wins[second]);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.All(wins, won => Assert.Equal(1, won));
    }

    [Fact]
    public void Ids_of_any_text_are_taken_and_longer_ones_are_misuse()
    {
        var set = new ReplaySet(10);
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, new string('\uFFFD', 128), Now, Now));
        Assert.Equal(ReplayOutcome.Fresh, set.Add(Key, new string('\ud800', 1), Now.AddSeconds(1), Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(Key, new string('a', 129), Now, Now));
    }

    [Fact]
    public void Remembering_allocates_nothing()
    {
        var set = new ReplaySet(1000);
        set.Add(Key, "warm", Now, Now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) set.Add(Key, "again", Now, Now);
        // Less than an object each: a collection that another thread causes takes what is left of this one's piece of the heap, 8 KiB at most.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_192);
    }
}
