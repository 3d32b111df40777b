using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

public sealed class EnvelopeTests
{
    [Fact]
    public void An_envelope_has_1_to_64_capabilities()
    {
        static Capability[] Of(int count) => [.. Enumerable.Range(0, count).Select(i => Make.Capability("t", "a", $"r{i}"))];
        Assert.False(Envelope.TryCreate([], out _));
        Assert.True(Envelope.TryCreate(Of(1), out _));
        Assert.True(Envelope.TryCreate(Of(64), out _));
        Assert.False(Envelope.TryCreate(Of(65), out _));
    }

    [Fact]
    public void The_same_capability_twice_is_refused() =>
        Assert.False(Envelope.TryCreate([Make.Capability("t", "a", "r"), Make.Capability("t", "a", "r")], out _));

    [Fact]
    public void One_member_must_contain_what_is_asked()
    {
        var envelope = Make.Envelope(Make.Capability("t", "a", "x/*"), Make.Capability("t", "a", "y/**"));
        Assert.True(envelope.Covers(Make.Capability("t", "a", "x/1")));
        Assert.True(envelope.Covers(Make.Capability("t", "a", "y/1/2")));
        Assert.False(envelope.Covers(Make.Capability("t", "a", "x/1/2")));
        Assert.False(envelope.Covers(Make.Capability("t", "a", "**")));
        Assert.Equal(Coverage.OtherResource, envelope.Cover(Make.Capability("t", "a", "z")));
    }

    [Fact]
    public void Envelopes_are_equal_when_their_capabilities_are_in_the_same_order()
    {
        var (a, b) = (Make.Capability("t", "a", "r"), Make.Capability("t", "b", "r"));
        Assert.Equal(Make.Envelope(a, b), Make.Envelope(a, b));
        Assert.Equal(Make.Envelope(a, b).GetHashCode(), Make.Envelope(a, b).GetHashCode());
        Assert.NotEqual(Make.Envelope(a, b), Make.Envelope(b, a));
    }

    [Fact]
    public void An_empty_allow_list_allows_nothing()
    {
        Assert.Equal(Coverage.OtherAction, AllowList.Nothing.Cover(Make.Capability("t", "a", "r")));
        var list = new AllowList([Make.Capability("t", "a", "**")]);
        Assert.Equal(Coverage.Covered, list.Cover(Make.Capability("t", "a", "r")));
        Assert.Equal(list, new AllowList([Make.Capability("t", "a", "**")]));
        Assert.NotEqual(list, AllowList.Nothing);
    }
}
