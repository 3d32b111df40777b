using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>One parameter and the values that it may have.</summary>
public readonly record struct ParameterBound(ParameterName Name, ParameterConstraint Constraint);

/// <summary>
/// The right to call one action of one tool on the resources of a pattern, with parameters within their constraints. A parameter
/// without a constraint may have any value, or be absent; a parameter with one must be there.
/// </summary>
public sealed record Capability
{
    /// <summary>Most constrained parameters to a capability.</summary>
    public const int MaxParameters = 32;

    private Capability(ToolName tool, ActionName action, ResourcePattern resource, ImmutableArray<ParameterBound> parameters) =>
        (Tool, Action, Resource, Parameters) = (tool, action, resource, parameters);

    /// <summary>The tool.</summary>
    public ToolName Tool { get; }

    /// <summary>The action of the tool.</summary>
    public ActionName Action { get; }

    /// <summary>The resources reached.</summary>
    public ResourcePattern Resource { get; }

    /// <summary>The constrained parameters, sorted by name, each once.</summary>
    public ImmutableArray<ParameterBound> Parameters { get; }

    /// <summary>
    /// A capability of these parts, parameters in any order. False for a default part, a parameter named twice, or more than
    /// <see cref="MaxParameters"/>.
    /// </summary>
    public static bool TryCreate(
        ToolName tool,
        ActionName action,
        ResourcePattern resource,
        IReadOnlyCollection<ParameterBound> parameters,
        [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        if (tool.IsNone || action.IsNone || resource.IsNone || parameters.Count > MaxParameters) return false;
        var sorted = parameters.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name.ToString(), b.Name.ToString()));
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Name.IsNone || sorted[i].Constraint is null) return false;
            if (i > 0 && sorted[i].Name == sorted[i - 1].Name) return false;
        }

        capability = new(tool, action, resource, [.. sorted]);
        return true;
    }

    /// <summary>Equal when all parts are: then, and only then, each contains the other.</summary>
    public bool Equals(Capability? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Tool == other.Tool && Action == other.Action && Resource == other.Resource
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tool, Action, Resource, Parameters.Length);
}
