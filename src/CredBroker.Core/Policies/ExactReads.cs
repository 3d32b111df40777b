using System.Collections.Frozen;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>
/// What a request for an action has to give exactly, because a policy would take what is left open for absent: parameters that may be
/// absent, what a policy tests with <c>has</c>, and what it uses together with the rest of a record. By the principals that the policy
/// is about, so that a policy about one workload asks nothing of the others.
/// </summary>
internal sealed class ExactReads
{
    /// <summary>How the resource path is called here: no parameter has an empty name.</summary>
    internal const string Path = "";

    private readonly Dictionary<EntityUid, Dictionary<EntityUid, HashSet<string>>> _byAction = [];

    /// <summary>Looks through all policies.</summary>
    internal static ExactReads Of(PolicySet policies, IReadOnlyCollection<Tool> tools)
    {
        var exact = new ExactReads();
        var members = new ActionMembers(tools);
        var actions = tools.SelectMany(tool => tool.Actions.Values).ToDictionary(action => PolicyNames.Of(action.Rule.Tool, action.Rule.Action));
        foreach (var policy in policies.Policies.Values)
        {
            var reads = ContextRead.Of(policy).ToList();
            if (reads.Count == 0 || WhomOf(policy.Principal) is not { } whom) continue;
            foreach (var uid in members.Of(policy.Action))
                if (IsAbout(policy.Resource, actions[uid])) exact.Add(uid, whom, NamesOf(reads, actions[uid]));
        }

        return exact;
    }

    /// <summary>What an action's requests have to give exactly, by class, workload, or <see cref="PolicyAction.Anybody"/>.</summary>
    internal FrozenDictionary<EntityUid, string[]> Of(EntityUid action) => _byAction.TryGetValue(action, out var found)
        ? found.ToFrozenDictionary(whom => whom.Key, whom => whom.Value.Order(StringComparer.Ordinal).ToArray())
        : FrozenDictionary<EntityUid, string[]>.Empty;

    private void Add(EntityUid action, EntityUid whom, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!_byAction.TryGetValue(action, out var byPrincipal)) _byAction.Add(action, byPrincipal = []);
            if (!byPrincipal.TryGetValue(whom, out var found)) byPrincipal.Add(whom, found = new(StringComparer.Ordinal));
            found.Add(name);
        }
    }

    // Null: no principal meets the constraint.
    private static EntityUid? WhomOf(ScopeConstraint principal) => principal switch
    {
        ScopeConstraint.Equal { Entity.Entity: { } uid } => uid,
        ScopeConstraint.In { Entity.Entity: { } uid } => uid,
        ScopeConstraint.IsIn { Entity.Entity: { } uid } within => within.Type.Type.Equals(PolicyNames.Workload) ? uid : null,
        ScopeConstraint.Is type => type.Type.Type.Equals(PolicyNames.Workload) ? PolicyAction.Anybody : null,
        _ => PolicyAction.Anybody,
    };

    private static bool IsAbout(ScopeConstraint resource, ToolAction action) => resource switch
    {
        ScopeConstraint.Equal { Entity.Entity: { } uid } => uid.Equals(PolicyNames.Of(action.Rule.Tool)),
        ScopeConstraint.In { Entity.Entity: { } uid } => uid.Equals(PolicyNames.Of(action.Rule.Tool)),
        ScopeConstraint.IsIn { Entity.Entity: { } uid } => uid.Equals(PolicyNames.Of(action.Rule.Tool)),
        _ => true,
    };

    private static IEnumerable<string> NamesOf(List<ContextRead> reads, ToolAction action)
    {
        if (reads.Exists(read => IsInexact(read, false, "path"))) yield return Path;
        foreach (var parameter in action.Rule.Parameters.Keys)
            if (reads.Exists(read => IsInexact(read, !action.Bounds.ContainsKey(parameter), "parameters", parameter.ToString()))) yield return parameter.ToString();
    }

    /// <summary>
    /// True when the policy would go on where the value is left open. Reading a value that must be there ends the policy's evaluation when
    /// it is not, which is safe: its permit does not permit, its forbid denies.
    /// </summary>
    private static bool IsInexact(ContextRead read, bool mayBeAbsent, params ReadOnlySpan<string> path) =>
        read.Touches(path) && (read.Path.Length < path.Length || read.IsTest || mayBeAbsent);
}
