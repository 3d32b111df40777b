using System.Collections.Frozen;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>Which kinds of requests a scope leaves: in all others it is false, and nothing behind it is looked at.</summary>
internal sealed class Applicability
{
    private readonly CedarSchema _schema;
    private readonly SchemaAction[] _requested;
    private readonly Dictionary<EntityUid, List<SchemaAction>> _byGroup = [];

    internal Applicability(CedarSchema schema)
    {
        _schema = schema;
        _requested = [.. schema.Actions.Values.Where(action => action.PrincipalTypes.Length > 0 && action.ResourceTypes.Length > 0)];
        foreach (var action in _requested)
            foreach (var group in action.Groups.Append(action.Uid))
                (_byGroup.TryGetValue(group, out var members) ? members : _byGroup[group] = []).Add(action);
    }

    /// <summary>
    /// One kind of request for all those that differ only in what is not used: there the types are the same. Most policies look at little,
    /// and a schema may have a great many kinds.
    /// </summary>
    internal IEnumerable<RequestEnvironment> Of(CedarPolicy policy, VariableUse use)
    {
        var all =
            from action in ActionsOf(policy.Action)
            from principal in Only(use.Principal, TypesOf(policy.Principal, action.PrincipalTypes, action.Principals))
            from resource in Only(use.Resource, TypesOf(policy.Resource, action.ResourceTypes, action.Resources))
            select new RequestEnvironment(action, principal, resource);
        return all.DistinctBy(found => (
            use.Principal ? found.Principal : null,
            use.Action ? found.Action : null,
            use.Resource ? found.Resource : null,
            use.Context ? found.Action.Context : null));
    }

    /// <summary>True when some request fits.</summary>
    internal bool HasAny(CedarPolicy policy) => Of(policy, default).Any();

    /// <summary>True when some request has a principal that fits, whatever its action and resource.</summary>
    internal bool HasPrincipal(CedarPolicy policy) => Array.Exists(_requested, action => TypesOf(policy.Principal, action.PrincipalTypes, action.Principals).Any());

    private static IEnumerable<EntityType> Only(bool isUsed, IEnumerable<EntityType> types) => isUsed ? types : types.Take(1);

    private IEnumerable<SchemaAction> ActionsOf(ActionConstraint constraint) => constraint switch
    {
        ActionConstraint.Any => _requested,
        ActionConstraint.Equal equal => Members(equal.Action).Where(action => action.Uid.Equals(equal.Action.Uid)),
        _ => constraint.Actions.SelectMany(Members).Distinct(),
    };

    private List<SchemaAction> Members(ActionName group) => _byGroup.GetValueOrDefault(group.Uid) ?? [];

    private IEnumerable<EntityType> TypesOf(ScopeConstraint constraint, IEnumerable<EntityType> types, FrozenSet<EntityType> set) => constraint switch
    {
        ScopeConstraint.Equal { Entity.Entity: { } uid } => set.Contains(uid.Type) ? [uid.Type] : [],
        ScopeConstraint.In { Entity: var container } => types.Where(type => MayBeIn(type, container)),
        ScopeConstraint.Is { Type.Type: var only } => set.Contains(only) ? [only] : [],
        ScopeConstraint.IsIn { Type.Type: var only, Entity: var container } => set.Contains(only) && MayBeIn(only, container) ? [only] : [],
        _ => types,
    };

    private bool MayBeIn(EntityType type, EntityOrSlot container) => container.Entity is not { } uid
        || uid.Type.Equals(type)
        || (_schema.EntityTypes.TryGetValue(type, out var known) && known.Containers.Contains(uid.Type));
}
