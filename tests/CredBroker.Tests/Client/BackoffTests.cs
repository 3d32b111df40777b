using CredBroker.Client;

namespace CredBroker.Tests.Client;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(5, 1600)]
    [InlineData(6, 2000)]
    [InlineData(1000, 2000)]
    public void The_ceiling_doubles_up_to_two_seconds(int failed, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.Ceiling(failed));

    [Fact]
    public void Waits_lie_anywhere_between_nothing_and_the_ceiling()
    {
        var waits = Enumerable.Range(0, 2_000).Select(_ => Backoff.Next(3).TotalMilliseconds).ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, 0, 400));
        Assert.Contains(waits, wait => wait < 100);
        Assert.Contains(waits, wait => wait > 300);
    }

    [Fact]
    public void Each_cause_of_a_repetition_has_its_own_bound()
    {
        var tries = new Tries();

        Assert.Equal([true, false], [tries.TakeNonce(), tries.TakeNonce()]);
        Assert.Equal([true, false], [tries.TakeRenewal(), tries.TakeRenewal()]);
        var waits = Enumerable.Range(0, 5).Select(_ => tries.TakeWait() is not null);
        Assert.Equal([true, true, true, false, false], waits);
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_holds_a_secret_does_not_show_it(object holder)
    {
        Assert.DoesNotContain("hunter2", holder.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{holder}", StringComparison.Ordinal);
    }

    public static TheoryData<object> Secrets() =>
    [
        new Evidence.Jwt("hunter2"),
        new Evidence.JoinToken("hunter2"),
        new AgentIdentity("hunter2", "spiffe://example.org/a", "a", "jkt:x", DateTimeOffset.UnixEpoch),
    ];
}
