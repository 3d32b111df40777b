using CredBroker.Cedar.Evaluation;

namespace CredBroker.Cedar.Authorization;

/// <summary>
/// Finds the policies whose scope a request matches, and no others, in time that does not depend on how many there are: by principal,
/// below that by resource, below that by action.
/// </summary>
internal sealed class ScopeIndex
{
    private readonly ScopeLevel<ScopeLevel<ActionLevel>> _principals = new();

    internal void Add(CompiledPolicy policy)
    {
        var resources = _principals.At(policy.Policy.Principal, () => new());
        var actions = resources.At(policy.Policy.Resource, () => new());
        actions.Add(policy);
    }

    /// <summary>Evaluates every policy whose scope is matched.</summary>
    internal void Decide(ref Frame frame, AuthorizationResult result)
    {
        var byPrincipal = _principals.Match(frame.Principal, frame.PrincipalEntity);
        while (byPrincipal.MoveNext())
        {
            var byResource = byPrincipal.Current.Match(frame.Resource, frame.ResourceEntity);
            while (byResource.MoveNext())
                byResource.Current.Decide(ref frame, result);
        }
    }
}
