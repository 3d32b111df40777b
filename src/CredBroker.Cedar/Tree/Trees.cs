using System.Collections.Immutable;

namespace CredBroker.Cedar.Tree;

/// <summary>What the classes of trees compute from the trees below them.</summary>
internal static class Trees
{
    /// <summary>The depth of a tree over these.</summary>
    internal static int Above(params ReadOnlySpan<Expression> children)
    {
        var depth = 0;
        foreach (var child in children) depth = Math.Max(depth, child.Depth);
        return depth + 1;
    }

    internal static int Hash<T>(int seed, ImmutableArray<T> items)
        where T : notnull
    {
        var hash = new HashCode();
        hash.Add(seed);
        foreach (var item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    internal static bool AreSame<T>(ImmutableArray<T> left, ImmutableArray<T> right)
        where T : IEquatable<T> => left.AsSpan().SequenceEqual(right.AsSpan());
}
