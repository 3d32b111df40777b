using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

public sealed class CapabilityTests
{
    [Fact]
    public void Parameters_are_kept_sorted_by_name_in_whatever_order_they_came()
    {
        var capability = Make.Capability("t", "a", "r", ("z", Make.Is(true)), ("a", Make.Is(false)), ("m_", Make.Is(true)), ("m", Make.Is(true)));
        Assert.Equal(["a", "m", "m_", "z"], capability.Parameters.Select(bound => bound.Name.ToString()));
    }

    [Fact]
    public void Capabilities_are_equal_when_all_their_parts_are()
    {
        var one = Make.Capability("t", "a", "r/*", ("p", Make.OneOf("x", "y")), ("q", Make.Range(1, 2)));
        var same = Make.Capability("t", "a", "r/*", ("q", Make.Range(1, 2)), ("p", Make.OneOf("y", "x")));
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());

        Assert.NotEqual(one, Make.Capability("u", "a", "r/*", ("p", Make.OneOf("x", "y")), ("q", Make.Range(1, 2))));
        Assert.NotEqual(one, Make.Capability("t", "b", "r/*", ("p", Make.OneOf("x", "y")), ("q", Make.Range(1, 2))));
        Assert.NotEqual(one, Make.Capability("t", "a", "r/**", ("p", Make.OneOf("x", "y")), ("q", Make.Range(1, 2))));
        Assert.NotEqual(one, Make.Capability("t", "a", "r/*", ("p", Make.OneOf("x")), ("q", Make.Range(1, 2))));
        Assert.NotEqual(one, Make.Capability("t", "a", "r/*", ("p", Make.OneOf("x", "y"))));
        Assert.False(one.Equals(null));
    }

    [Fact]
    public void Default_parts_and_repeated_parameters_are_refused()
    {
        var (tool, action, pattern) = (Make.Tool("t"), Make.Action("a"), Make.Pattern("r"));
        var bound = new ParameterBound(Make.Parameter("p"), Make.Is(true));
        Assert.False(Capability.TryCreate(default, action, pattern, [], out _));
        Assert.False(Capability.TryCreate(tool, default, pattern, [], out _));
        Assert.False(Capability.TryCreate(tool, action, default, [], out _));
        Assert.False(Capability.TryCreate(tool, action, pattern, [default], out _));
        Assert.False(Capability.TryCreate(tool, action, pattern, [bound with { Name = default }], out _));
        Assert.False(Capability.TryCreate(tool, action, pattern, [bound, bound with { Constraint = Make.Is(false) }], out _));
        Assert.True(Capability.TryCreate(tool, action, pattern, [bound], out _));
    }

    [Fact]
    public void A_capability_has_at_most_32_parameters()
    {
        static (string, ParameterConstraint)[] Bounds(int count) => [.. Enumerable.Range(0, count).Select(i => ($"p{i}", Make.Is(true)))];
        Assert.Equal(32, Make.Capability("t", "a", "r", Bounds(32)).Parameters.Length);
        Assert.Throws<ArgumentException>(() => Make.Capability("t", "a", "r", Bounds(33)));
    }

    [Fact]
    public void A_capability_cannot_be_changed_after_it_was_made()
    {
        ParameterBound[] bounds = [new(Make.Parameter("p"), Make.Is(true))];
        Assert.True(Capability.TryCreate(Make.Tool("t"), Make.Action("a"), Make.Pattern("r"), bounds, out var capability));
        bounds[0] = new(Make.Parameter("q"), Make.Is(false));
        Assert.Equal("p", capability.Parameters[0].Name.ToString());
    }
}
