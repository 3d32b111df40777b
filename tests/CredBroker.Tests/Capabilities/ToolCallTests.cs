using CredBroker.Core.Capabilities;
using CredBroker.Tests.Tokens;

namespace CredBroker.Tests.Capabilities;

public sealed class ToolCallTests
{
    [Fact]
    public void A_call_has_one_value_to_each_parameter()
    {
        Assert.True(IsCall(Make.OneOf("x")));
        Assert.True(IsCall(Make.OneOf("")));
        Assert.True(IsCall(Make.Range(5, 5)));
        Assert.True(IsCall(Make.Is(false)));
        Assert.False(IsCall(Make.OneOf("x", "y")));
        Assert.False(IsCall(Make.Range(5, 6)));
        Assert.False(IsCall(Make.Prefix("x")));
    }

    [Fact]
    public void A_call_has_a_tool_an_action_one_resource_and_each_parameter_once()
    {
        var (tool, action, path) = (Make.Tool("t"), Make.Action("a"), Make.Path("r"));
        var bound = new ParameterBound(Make.Parameter("p"), Make.Is(true));
        Assert.True(ToolCall.TryCreate(tool, action, path, [bound], out _));
        Assert.False(ToolCall.TryCreate(default, action, path, [], out _));
        Assert.False(ToolCall.TryCreate(tool, default, path, [], out _));
        Assert.False(ToolCall.TryCreate(tool, action, default, [], out _));
        Assert.False(ToolCall.TryCreate(tool, action, path, [bound, bound], out _));
    }

    [Fact]
    public void It_allows_itself_and_nothing_larger()
    {
        var call = Uses.Call("t", "a", "r/1", ("p", Make.OneOf("x"))).Capability;
        Assert.True(Containment.Contains(call, call));
        Assert.True(call.Resource.IsExact);
        Assert.False(Containment.Contains(call, Make.Capability("t", "a", "r/*", ("p", Make.OneOf("x")))));
        Assert.False(Containment.Contains(call, Make.Capability("t", "a", "r/1")));
    }

    private static bool IsCall(ParameterConstraint value) =>
        ToolCall.TryCreate(Make.Tool("t"), Make.Action("a"), Make.Path("r"), [new(Make.Parameter("p"), value)], out _);
}
