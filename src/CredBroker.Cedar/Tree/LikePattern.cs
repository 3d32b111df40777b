using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>What <c>like</c> compares with: literal pieces, with a wildcard, which stands for any text, between each two of them.</summary>
public sealed class LikePattern : IEquatable<LikePattern>
{
    /// <summary>A pattern of pieces; one piece alone has no wildcard, an empty first or last one means a wildcard at the end.</summary>
    public LikePattern(ImmutableArray<string> pieces)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pieces.Length);
        Pieces = pieces;
    }

    /// <summary>One or more pieces; <c>a*b</c> has two, <c>*</c> two that are empty.</summary>
    public ImmutableArray<string> Pieces { get; }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] LikePattern? other) => other is not null && Trees.AreSame(Pieces, other.Pieces);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LikePattern);

    /// <inheritdoc/>
    public override int GetHashCode() => Trees.Hash(0, Pieces);

    /// <summary>As it is written in a policy, without the quotes.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        ExpressionPrinter.AppendPattern(text, this);
        return text.ToString();
    }
}
