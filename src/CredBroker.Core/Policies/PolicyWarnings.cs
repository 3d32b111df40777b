using System.Collections.Frozen;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies;

/// <summary>
/// Warns of classes, workloads and tools that policies name and the catalog does not have. Such a policy never matches, or matches
/// all but nobody: hardly what was meant, and no error, for a catalog may lose a tool before its policies do.
/// </summary>
internal sealed class PolicyWarnings(FrozenDictionary<ToolName, Tool> tools, FrozenDictionary<SpiffeId, Workload> workloads, CatalogErrors errors)
{
    private readonly Dictionary<EntityType, HashSet<string>> _known = new()
    {
        [PolicyNames.Class] = [.. workloads.Values.Select(workload => workload.Class.ToString())],
        [PolicyNames.Workload] = [.. workloads.Values.Select(workload => workload.Name.ToString())],
        [PolicyNames.Tool] = [.. tools.Keys.Select(tool => tool.ToString())],
    };

    internal void Look(PolicySet policies)
    {
        foreach (var policy in policies.Policies.Values)
        {
            Look(policy, policy.Principal);
            Look(policy, policy.Resource);
            foreach (var condition in policy.Conditions) Look(policy, condition.Body);
        }
    }

    private void Look(CedarPolicy policy, ScopeConstraint constraint)
    {
        var named = constraint switch
        {
            ScopeConstraint.Equal equal => equal.Entity,
            ScopeConstraint.In within => within.Entity,
            ScopeConstraint.IsIn within => within.Entity,
            _ => default,
        };
        if (named.Entity is { } uid) Look(policy, uid, named.Span);
    }

    private void Look(CedarPolicy policy, Expression condition)
    {
        var rest = new Stack<Expression>([condition]);
        while (rest.TryPop(out var next))
        {
            if (next is Literal literal && literal.Value.TryGet(out EntityUid? uid)) Look(policy, uid, literal.Span);
            foreach (var child in next.Children) rest.Push(child);
        }
    }

    private void Look(CedarPolicy policy, EntityUid uid, SourceSpan span)
    {
        if (!_known.TryGetValue(uid.Type, out var known) || known.Contains(uid.Id)) return;
        var near = Nearest.To(uid.Id, known);
        errors.Warn(CatalogErrorKind.Ineffective, PolicyPlaces.Of(policy.Source!, span),
            $"the catalog has no {uid.Type.Name.ToLowerInvariant()} {Quoting.Quote(uid.Id)}{(near is null ? "" : $"; did you mean \"{near}\"?")}");
    }
}
