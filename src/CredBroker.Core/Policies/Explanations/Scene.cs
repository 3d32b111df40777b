using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>A question as the policies see it: the request, the entities, and the policies whose scope fits it.</summary>
internal sealed class Scene
{
    private Scene(CatalogPolicies policies, PolicyQuestion question, DateTimeOffset now, PolicyPrincipal principal, PolicyAction action)
    {
        (Policies, Question, Now, Action) = (policies, question, now, action);
        Entities = EntityStore.Layered(principal.Attested(question.AttestedBy), action.Entities);
        Request = new(principal.Uid, action.Uid, action.Tool, new PolicyContext(question, policies.Use, now).With(question.Approved));
        InScope = [.. policies.Snapshot.Policies.Policies.Where(policy => Fits(policy.Value))];
    }

    internal CatalogPolicies Policies { get; }

    internal PolicyQuestion Question { get; }

    internal DateTimeOffset Now { get; }

    internal PolicyAction Action { get; }

    internal CedarRequest Request { get; }

    internal EntityStore Entities { get; }

    /// <summary>In the order of their names.</summary>
    internal IReadOnlyList<KeyValuePair<PolicyId, CedarPolicy>> InScope { get; }

    /// <summary>Null when the policies know no such workload or action: they were made for another catalog.</summary>
    internal static Scene? Of(CatalogPolicies policies, PolicyQuestion question, DateTimeOffset now) =>
        policies.PrincipalOf(question.Workload) is { } principal && policies.ActionOf(question.Capability) is { } action
            ? new(policies, question, now, principal, action)
            : null;

    /// <summary>What is at a path; null: nothing.</summary>
    internal CedarValue? ValueOf(IReadOnlyList<string> path)
    {
        var (uid, record) = path[0] switch
        {
            "principal" => (Request.Principal, Entities.Find(Request.Principal)?.Attributes),
            "action" => (Request.Action, CedarRecord.Empty),
            "resource" => (Request.Resource, Entities.Find(Request.Resource)?.Attributes),
            _ => (null, Request.Context),
        };
        if (path.Count == 1) return uid is not null ? CedarValue.Of(uid) : CedarValue.Of(Request.Context);
        for (var i = 1; i < path.Count; i++)
        {
            if (record is null || !record.TryGet(path[i], out var value)) return null;
            if (i == path.Count - 1) return value;
            record = value.TryGet(out CedarRecord? inner) ? inner : null;
        }

        return null;
    }

    private bool Fits(CedarPolicy policy) => Fits(policy.Principal, Request.Principal) && Fits(policy.Resource, Request.Resource) && policy.Action switch
    {
        ActionConstraint.Any => true,
        ActionConstraint.Equal equal => equal.Action.Uid.Equals(Request.Action),
        _ => policy.Action.Actions.Any(action => IsIn(Request.Action, action.Uid)),
    };

    private bool Fits(ScopeConstraint constraint, EntityUid uid) => constraint switch
    {
        ScopeConstraint.Any => true,
        ScopeConstraint.Equal { Entity.Entity: { } only } => only.Equals(uid),
        ScopeConstraint.In { Entity.Entity: { } container } => IsIn(uid, container),
        ScopeConstraint.Is type => type.Type.Type.Equals(uid.Type),
        ScopeConstraint.IsIn { Entity.Entity: { } container } within => within.Type.Type.Equals(uid.Type) && IsIn(uid, container),
        _ => false,
    };

    private bool IsIn(EntityUid uid, EntityUid container) => uid.Equals(container) || Entities.IsIn(uid, container);
}
