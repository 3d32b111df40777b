using CredBroker.Cedar.Tree;

namespace CredBroker.Core.Policies;

/// <summary>
/// One thing of the context that a policy looks at. What stands at a path that is read may be used whole, so everything below counts as
/// read with it.
/// </summary>
/// <param name="Path">The names from the context to it; none: the context itself.</param>
/// <param name="IsTest">True when the policy asks whether it is there.</param>
internal sealed record ContextRead(string[] Path, bool IsTest)
{
    /// <summary>True when the policy may look at what is at a path, or at something below it.</summary>
    internal bool Touches(params ReadOnlySpan<string> path)
    {
        var shorter = Math.Min(path.Length, Path.Length);
        return path[..shorter].SequenceEqual(Path.AsSpan(0, shorter));
    }

    /// <summary>Everything that a policy's conditions look at, however it gets there.</summary>
    internal static IEnumerable<ContextRead> Of(CedarPolicy policy)
    {
        var rest = new Stack<Expression>(policy.Conditions.Select(condition => condition.Body));
        while (rest.TryPop(out var next))
        {
            if (next is AttributeTest test && PathOf(test.Target) is { } target)
                yield return new([.. target, .. test.Path], IsTest: true);
            else if (PathOf(next) is { } path)
                yield return new(path, IsTest: false);
            else
                foreach (var child in next.Children) rest.Push(child);
        }
    }

    // Null: the expression does not lead straight from the context. Its parts are looked at one by one then.
    private static string[]? PathOf(Expression expression)
    {
        var names = new Stack<string>();
        while (expression is AttributeAccess access)
        {
            names.Push(access.Name);
            expression = access.Target;
        }

        return expression is Variable { Name: RequestVariable.Context } ? [.. names] : null;
    }
}
