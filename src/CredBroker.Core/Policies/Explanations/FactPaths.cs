using CredBroker.Cedar.Tree;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>What expressions look at: the names from a variable of the request to it, the variable's first.</summary>
internal static class FactPaths
{
    /// <summary>Everything that an expression looks at, each once, in reading order.</summary>
    internal static IReadOnlyList<string[]> In(Expression expression)
    {
        var found = new List<string[]>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Stack<Expression>([expression]);
        while (rest.TryPop(out var next))
        {
            if (next is AttributeTest test && Of(test.Target) is { } target) Add([.. target, .. test.Path]);
            else if (Of(next) is { } path) Add(path);
            else foreach (var child in next.Children.Reverse()) rest.Push(child);
        }

        return found;

        void Add(string[] path)
        {
            if (known.Add(Key(path))) found.Add(path);
        }
    }

    /// <summary>A path as one text; no name has this character.</summary>
    internal static string Key(params ReadOnlySpan<string> path) => string.Join('\0', path);

    /// <summary>A path as policies are written, names that need quotes in them.</summary>
    internal static string Text(IReadOnlyList<string> path) =>
        path[0] + string.Concat(path.Skip(1).Select(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $".{name}" : $"[\"{name}\"]"));

    /// <summary>Where an expression leads straight from a variable; null: nowhere.</summary>
    internal static string[]? Of(Expression expression)
    {
        var names = new Stack<string>();
        while (expression is AttributeAccess access)
        {
            names.Push(access.Name);
            expression = access.Target;
        }

        return expression is Variable variable ? [variable.Name.ToString().ToLowerInvariant(), .. names] : null;
    }
}
