using System.Globalization;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Authorization;

/// <summary>Deciding allocates nothing: not with many policies, not for any kind of expression, not when policies fail.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void A_decision_allocates_nothing_however_many_policies_there_are(int count)
    {
        var policies = string.Join('\n', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"permit (principal in Group::\"g{i + 1}\", action == Action::\"view\", resource is Doc) when {{ context.a == 1 && resource.owner == principal }};")));
        var result = new AuthorizationResult();

        Assert.Equal(0, AllocatedBy(Sample.Snapshot(policies), result));
        Assert.Equal(Decision.Allow, result.Decision);
    }

    [Theory]
    [InlineData("principal has r.x.y && principal.r.x.y == 1")]
    [InlineData("principal in [Group::\"g2\", Group::\"g3\"]")]
    [InlineData("principal is User in Group::\"g1\" && !(principal is Doc)")]
    [InlineData("principal.hasTag(\"k\") && principal.getTag(\"k\") like \"*v*\"")]
    [InlineData("[1, 2, \"a\"] == principal.set && principal.set.containsAny([1, 9]) && principal.set.containsAll([1]) && principal.set.contains(2)")]
    [InlineData("{x: {y: 1}} == principal.r")]
    [InlineData("context.a + 2 * 3 - 1 == 6 && -context.a < 0")]
    [InlineData("principal.ip.isInRange(ip(\"10.0.0.0/8\")) && principal.ip.isIpv4()")]
    [InlineData("context.d.lessThan(decimal(\"2.0\")) && decimal(\"1.5\") == context.d")]
    [InlineData("principal.dt.offset(duration(\"1h\")) > datetime(\"2024-05-01\") && principal.dt.toTime() == duration(\"10h\")")]
    [InlineData("if context.lst.isEmpty() then context.s == \"a*b\" else false")]
    public void An_expression_allocates_nothing(string condition)
    {
        var result = new AuthorizationResult();

        Assert.Equal(0, AllocatedBy(Sample.Snapshot(Make.When(condition)), result));
        Assert.Equal((Decision.Allow, 0), (result.Decision, result.ErrorCount));
    }

    [Theory]
    [InlineData("context.nope")]
    [InlineData("principal.ghost.n == 1")]
    [InlineData("1 + principal.s == 1")]
    [InlineData("principal in 1")]
    [InlineData("decimal(context.s) == context.d")]
    [InlineData("9223372036854775807 + context.a == 1")]
    public void A_failure_allocates_nothing_until_it_is_read(string condition)
    {
        var result = new AuthorizationResult();

        Assert.Equal(0, AllocatedBy(Sample.Snapshot(Make.When(condition)), result));
        Assert.Equal(1, result.ErrorCount);
    }

    private static long AllocatedBy(PolicySnapshot snapshot, AuthorizationResult result)
    {
        for (var i = 0; i < 100; i++) snapshot.Authorize(Sample.Request, Sample.Store, result);
        // A collection that another thread causes takes what is left of this thread's piece of the heap, and that counts as allocated.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 200; i++) snapshot.Authorize(Sample.Request, Sample.Store, result);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
