using CredBroker.Core.Capabilities;
using FsCheck.Fluent;

namespace CredBroker.Tests.Capabilities;

public sealed class ContainmentTests
{
    [Theory]
    [InlineData("mail", "send", "out/*", true)]
    [InlineData("mail", "send", "out/a", true)]
    [InlineData("mail", "send", "out/**", false)]
    [InlineData("mail", "read", "out/a", false)]
    [InlineData("mails", "send", "out/a", false)]
    public void Tool_action_and_resource_must_all_be_within(string tool, string action, string resource, bool within) =>
        Assert.Equal(within, Containment.Contains(Make.Capability("mail", "send", "out/*"), Make.Capability(tool, action, resource)));

    [Fact]
    public void A_parameter_that_the_larger_constrains_must_be_constrained_by_the_smaller()
    {
        var larger = Make.Capability("t", "a", "**", ("to", Make.Prefix("team-")));
        Assert.False(Containment.Contains(larger, Make.Capability("t", "a", "**")));
        Assert.False(Containment.Contains(larger, Make.Capability("t", "a", "**", ("cc", Make.Prefix("team-")))));
        Assert.True(Containment.Contains(larger, Make.Capability("t", "a", "**", ("to", Make.OneOf("team-a", "team-b")))));
        Assert.False(Containment.Contains(larger, Make.Capability("t", "a", "**", ("to", Make.OneOf("team-a", "boss")))));
    }

    [Fact]
    public void A_parameter_that_the_larger_leaves_free_may_be_constrained_by_the_smaller()
    {
        var larger = Make.Capability("t", "a", "**", ("m", Make.Range(0, 9)));
        var smaller = Make.Capability("t", "a", "**", ("a", Make.Is(true)), ("m", Make.Range(1, 9)), ("z", Make.OneOf("x")));
        Assert.True(Containment.Contains(larger, smaller));
        Assert.False(Containment.Contains(smaller, larger));
    }

    [Fact]
    public void Every_capability_contains_itself() =>
        Properties.Hold(Prop.ForAll(Generate.Capability.ToArbitrary(), c => Containment.Contains(c, c)));

    [Fact]
    public void What_is_narrower_in_every_part_is_contained()
    {
        var pairs = from larger in Generate.Capability from smaller in Generate.Within(larger) select (larger, smaller);
        Properties.Hold(Prop.ForAll(pairs.ToArbitrary(), pair => Containment.Contains(pair.larger, pair.smaller)));
    }

    [Fact]
    public void Containment_is_transitive()
    {
        var chains =
            from a in Generate.Capability
            from b in Gen.OneOf(Generate.Within(a), Generate.Capability)
            from c in Gen.OneOf(Generate.Within(b), Generate.Capability)
            select (a, b, c);
        Properties.Hold(Prop.ForAll(chains.ToArbitrary(), chain =>
            !Containment.Contains(chain.a, chain.b) || !Containment.Contains(chain.b, chain.c) || Containment.Contains(chain.a, chain.c)), 3000);
    }

    [Fact]
    public void Two_that_contain_each_other_are_equal_and_have_one_form()
    {
        var pairs =
            from a in Generate.Capability
            from b in Gen.OneOf(Generate.Within(a), Generate.Capability)
            select (a, b);
        Properties.Hold(Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            var both = Containment.Contains(pair.a, pair.b) && Containment.Contains(pair.b, pair.a);
            return both == pair.a.Equals(pair.b) && (!both || CapabilityJson.ToText(pair.a) == CapabilityJson.ToText(pair.b));
        }), 3000);
    }

    [Fact]
    public void It_is_true_exactly_when_no_call_of_the_universe_is_allowed_by_the_smaller_alone()
    {
        var pairs = from larger in Generate.Capability
                    from smaller in Gen.OneOf(Generate.Within(larger), Generate.Capability)
                    select (larger, smaller);
        Properties.Hold(Prop.ForAll(pairs.ToArbitrary(), pair => AgreesWithEnumeration(pair.larger, pair.smaller)), 500);
    }

    [Fact]
    public void The_whole_answer_is_how_near_the_nearest_member_comes()
    {
        Capability[] members =
        [
            Make.Capability("t", "a", "x/*", ("n", Make.Range(0, 1))),
            Make.Capability("t", "a", "y/*"),
        ];
        Assert.Equal(Coverage.OtherAction, Containment.Cover(members, Make.Capability("t", "b", "x/1")));
        Assert.Equal(Coverage.OtherAction, Containment.Cover([], Make.Capability("t", "a", "x/1")));
        Assert.Equal(Coverage.OtherResource, Containment.Cover(members, Make.Capability("t", "a", "z/1")));
        Assert.Equal(Coverage.OtherParameters, Containment.Cover(members, Make.Capability("t", "a", "x/1")));
        Assert.Equal(Coverage.OtherParameters, Containment.Cover([.. members.Reverse()], Make.Capability("t", "a", "x/1")));
        Assert.Equal(Coverage.Covered, Containment.Cover(members, Make.Capability("t", "a", "y/1")));
        Assert.Equal(Coverage.Covered, Containment.Cover(members, Make.Capability("t", "a", "x/1", ("n", Make.Range(1, 1)))));
    }

    [Fact]
    public void A_union_is_not_searched()
    {
        Capability[] members = [Make.Capability("t", "a", "**", ("n", Make.Range(0, 4))), Make.Capability("t", "a", "**", ("n", Make.Range(5, 9)))];
        Assert.Equal(Coverage.OtherParameters, Containment.Cover(members, Make.Capability("t", "a", "**", ("n", Make.Range(4, 5)))));
    }

    [Fact]
    public void The_largest_capabilities_are_compared_in_one_pass()
    {
        var values = Enumerable.Range(0, 64).Select(i => new string('v', 250) + $"{i:000000}").ToArray();
        var bounds = Enumerable.Range(0, 32).Select(i => ($"p{i:00}", Make.OneOf(values))).ToArray();
        var (larger, smaller) = (Make.Capability("t", "a", "**", bounds), Make.Capability("t", "a", "**", bounds));
        Assert.True(Containment.Contains(larger, smaller));
        // 32 times 64 comparisons of 256 characters; a quadratic one would be 64 times as many. One good run of twenty is proof enough.
        Assert.Contains(Enumerable.Range(0, 20), _ => TimeOf(larger, smaller) < TimeSpan.FromMilliseconds(5));
    }

    private static TimeSpan TimeOf(Capability larger, Capability smaller)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        Containment.Contains(larger, smaller);
        return System.Diagnostics.Stopwatch.GetElapsedTime(start);
    }

    private static bool AgreesWithEnumeration(Capability larger, Capability smaller)
    {
        var within = Generate.Calls.All(call => !Generate.Allows(smaller, call) || Generate.Allows(larger, call));
        return Containment.Contains(larger, smaller) == within;
    }
}
