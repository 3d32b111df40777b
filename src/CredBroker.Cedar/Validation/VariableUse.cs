using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Validation;

/// <summary>Which parts of a request a policy's conditions look at.</summary>
internal readonly record struct VariableUse(bool Principal, bool Action, bool Resource, bool Context)
{
    internal static VariableUse Of(CedarPolicy policy)
    {
        var isUsed = new bool[4];
        var rest = new Stack<Expression>(policy.Conditions.Select(condition => condition.Body));
        while (rest.TryPop(out var next))
        {
            if (next is Variable variable) isUsed[(int)variable.Name] = true;
            foreach (var child in next.Children) rest.Push(child);
        }

        return new(isUsed[(int)RequestVariable.Principal], isUsed[(int)RequestVariable.Action], isUsed[(int)RequestVariable.Resource], isUsed[(int)RequestVariable.Context]);
    }
}
