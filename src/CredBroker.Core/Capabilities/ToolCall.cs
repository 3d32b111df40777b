using System.Diagnostics.CodeAnalysis;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// A call that is about to be made: one action of one tool on one resource, with one value to each parameter. A capability with nothing
/// left open, so that whether it lies within another is the one question of <see cref="Containment"/>.
/// </summary>
public sealed record ToolCall
{
    private ToolCall(Capability capability) => Capability = capability;

    /// <summary>The capability that allows this call and no other.</summary>
    public Capability Capability { get; }

    /// <summary>
    /// A call of these parts, parameters in any order. False for a default part, a parameter with more than one value, a parameter named
    /// twice, or more than <see cref="Capability.MaxParameters"/>.
    /// </summary>
    public static bool TryCreate(
        ToolName tool, ActionName action, ResourcePath resource, IReadOnlyCollection<ParameterBound> parameters, [NotNullWhen(true)] out ToolCall? call)
    {
        call = null;
        if (!parameters.All(bound => IsOneValue(bound.Constraint))) return false;
        if (!Capability.TryCreate(tool, action, ResourcePattern.Of(resource), parameters, out var capability)) return false;
        call = new(capability);
        return true;
    }

    private static bool IsOneValue(ParameterConstraint? constraint) => constraint switch
    {
        StringSet set => set.Values.Length == 1,
        LongRange range => range.Min == range.Max,
        BoolValue => true,
        _ => false,
    };
}
