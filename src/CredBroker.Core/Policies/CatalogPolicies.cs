using System.Collections.Frozen;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies;

/// <summary>
/// The policies of a catalog, ready to be decided by, with all that follows from the catalog alone. Made once for each catalog; immutable
/// and safe to share.
/// </summary>
public sealed class CatalogPolicies
{
    /// <summary>Permits nothing.</summary>
    public static CatalogPolicies None { get; } = Compile(PolicySet.Empty, [], [], []);

    private readonly Dictionary<PolicyId, PolicyNotes> _notes;
    private readonly FrozenDictionary<SpiffeId, PolicyPrincipal> _principals;
    private readonly FrozenDictionary<(ToolName, ActionName), PolicyAction> _actions;

    private CatalogPolicies(PolicySet policies, Dictionary<PolicyId, PolicyNotes> notes, IReadOnlyCollection<Tool> tools, IEnumerable<Workload> workloads)
    {
        Snapshot = PolicySnapshot.Compile(policies);
        _notes = notes.Where(noted => noted.Value != PolicyNotes.None).ToDictionary();
        _principals = workloads.ToFrozenDictionary(workload => workload.SpiffeId, workload => new PolicyPrincipal(workload));
        var reads = policies.Policies.Values.SelectMany(ContextRead.Of).DistinctBy(read => (string.Join('\0', read.Path), read.IsTest)).ToList();
        Use = new(reads, tools.Select(tool => tool.Name.ToString()));
        _actions = ActionsOf(policies, tools);
    }

    /// <summary>How many there are.</summary>
    public int Count => Snapshot.Policies.Policies.Count;

    /// <summary>
    /// True when some policy looks at what every grant of a tree changes: counts, or what is left of a budget. Then the grants of a tree
    /// are serialised, each moving the version of its history; otherwise only those that add a label are.
    /// </summary>
    public bool ReadCounts => Use.Counts;

    /// <summary>What the record calls each of them.</summary>
    public IEnumerable<string> Names => Snapshot.Policies.Policies.Keys.Select(id => id.Value);

    /// <summary>True when some policy looks at what a tree, or a task, was granted before.</summary>
    public bool ReadHistory => Use.History || Use.Issued || Use.RemainingBudget;

    internal PolicySnapshot Snapshot { get; }

    internal ContextUse Use { get; }

    /// <summary>Compiles policies that are valid by the catalog's schema.</summary>
    internal static CatalogPolicies Compile(
        PolicySet policies, Dictionary<PolicyId, PolicyNotes> notes, IReadOnlyCollection<Tool> tools, IEnumerable<Workload> workloads) =>
        new(policies, notes, tools, workloads);

    /// <summary>Where the policy of a name is written; null: there is none.</summary>
    public SourcePosition? PlaceOf(string name) =>
        Snapshot.Policies.Policies.GetValueOrDefault(new(name)) is { Source: { } source } policy ? PolicyPlaces.Of(source, policy.Span) : null;

    internal PolicyPrincipal? PrincipalOf(SpiffeId workload) => _principals.GetValueOrDefault(workload);

    internal PolicyAction? ActionOf(Capability asked) => _actions.GetValueOrDefault((asked.Tool, asked.Action));

    internal PolicyNotes NotesOf(PolicyId policy) => _notes.GetValueOrDefault(policy) ?? PolicyNotes.None;

    private static FrozenDictionary<(ToolName, ActionName), PolicyAction> ActionsOf(PolicySet policies, IReadOnlyCollection<Tool> tools)
    {
        var all = PolicyEntities.Actions(tools);
        var exact = ExactReads.Of(policies, tools);
        var variants = new Dictionary<(ToolName, DataClass, bool), EntityStore>();
        return tools.SelectMany(tool => tool.Actions.Values).ToFrozenDictionary(action => (action.Rule.Tool, action.Rule.Action), action =>
        {
            var rule = action.Rule;
            var variant = (rule.Tool, rule.Data, rule.Egress);
            if (!variants.TryGetValue(variant, out var entities))
                variants.Add(variant, entities = EntityStore.Layered(PolicyEntities.StoreOf(PolicyEntities.ToolOf(rule)), all));
            var uid = PolicyNames.Of(rule.Tool, rule.Action);
            return new PolicyAction(rule, uid, PolicyNames.Of(rule.Tool), entities, exact.Of(uid));
        });
    }
}
