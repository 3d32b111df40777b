using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>A note on a policy, for whoever manages it; the language gives it no meaning. Where it was written is not compared.</summary>
/// <param name="Name">Its name: an identifier, which may be a reserved word.</param>
/// <param name="Value">Its text, unescaped; null for one that was written without.</param>
public readonly record struct Annotation(string Name, string? Value)
{
    /// <summary>Where its name was written; none when it was read from JSON or made by a program.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>True for the same name with the same text.</summary>
    public bool Equals(Annotation other) => Name == other.Name && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value);
}
