using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>
/// Finds the policies whose scope a request matches, and no others, in time that does not depend on how many there are: by principal,
/// below that by resource, below that by action.
/// </summary>
internal sealed class ScopeIndex
{
    private readonly ScopeLevel<ScopeLevel<ActionLevel>> _principals = new();

    // One object for each name, however many policies have it: what all look at is near.
    private readonly Dictionary<EntityUid, EntityUid> _names = [];

    internal void Add(CompiledPolicy policy)
    {
        var resources = _principals.At(policy.Policy.Principal, static () => new());
        var actions = resources.At(policy.Policy.Resource, static () => new());
        actions.Add(policy, Unify);
    }

    private EntityUid Unify(EntityUid uid)
    {
        if (_names.TryGetValue(uid, out var known)) return known;
        _names.Add(uid, uid);
        return uid;
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
