using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>
/// One policy, or, when its scope has slots, one template. Immutable; two are equal when they say the same in the same words, wherever
/// they were written.
/// </summary>
public sealed class CedarPolicy : IEquatable<CedarPolicy>
{
    /// <summary>What it does when it applies.</summary>
    public required Effect Effect { get; init; }

    /// <summary>Notes, in the order in which they were written; no name twice.</summary>
    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    /// <summary>Which principals it is about.</summary>
    public required ScopeConstraint Principal { get; init; }

    /// <summary>Which actions it is about.</summary>
    public required ActionConstraint Action { get; init; }

    /// <summary>Which resources it is about.</summary>
    public required ScopeConstraint Resource { get; init; }

    /// <summary>What must hold as well, from the first to the last; none: nothing more.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>The text that it was read from; null when it was read from JSON or made by a program.</summary>
    public SourceText? Source { get; init; }

    /// <summary>Where it was written, from its effect or first annotation to its semicolon.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>True when its scope has slots: it decides nothing until it is linked.</summary>
    public bool IsTemplate => Principal.Slot is not null || Resource.Slot is not null;

    /// <summary>The slots that a link must fill.</summary>
    public ImmutableArray<Slot> Slots => [.. new[] { Principal.Slot, Resource.Slot }.OfType<Slot>()];

    /// <summary>The text of an annotation; false when there is none of this name. One that was written without a text has null.</summary>
    public bool TryGetAnnotation(string name, out string? value)
    {
        foreach (var annotation in Annotations)
        {
            if (annotation.Name != name) continue;
            value = annotation.Value;
            return true;
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(CedarPolicy? other) => other is not null && Effect == other.Effect
        && Principal == other.Principal && Action == other.Action && Resource == other.Resource
        && Trees.AreSame(Annotations, other.Annotations) && Trees.AreSame(Conditions, other.Conditions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CedarPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Effect, Principal, Action, Resource, Trees.Hash(0, Conditions));

    /// <summary>As it is written in a file: reads back to an equal policy.</summary>
    public override string ToString() => PolicyPrinter.Print(this);
}
