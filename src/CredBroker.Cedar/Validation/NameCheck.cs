using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>Types, actions and ids that the schema does not have are refused wherever they stand, also in what is never evaluated.</summary>
internal sealed class NameCheck(CedarSchema schema, Findings findings)
{
    internal void Check(CedarPolicy policy)
    {
        Check(policy.Principal);
        foreach (var action in policy.Action.Actions) Check(action.Uid, action.Span);
        Check(policy.Resource);
    }

    internal void Check(Expression expression)
    {
        var rest = new Stack<Expression>([expression]);
        while (rest.TryPop(out var next))
        {
            if (next is Literal literal && literal.Value.TryGet(out EntityUid? uid)) Check(uid, literal.Span);
            if (next is TypeTest test) Check(test.Type, test.TypeSpan.IsNone ? test.Span : test.TypeSpan);
            foreach (var child in next.Children) rest.Push(child);
        }
    }

    /// <summary>What fills a slot must have a type; its id is not looked at.</summary>
    internal void CheckSlot(EntityUid? uid, SourceSpan span)
    {
        if (uid is null) return;
        if (uid.Type.IsAction) Check(uid, span);
        else Check(uid.Type, span);
    }

    private void Check(ScopeConstraint constraint)
    {
        var (type, entity) = constraint switch
        {
            ScopeConstraint.Equal equal => ((TypeName?)null, equal.Entity),
            ScopeConstraint.In within => (null, within.Entity),
            ScopeConstraint.Is only => (only.Type, default),
            ScopeConstraint.IsIn within => (within.Type, within.Entity),
            _ => (null, default),
        };
        if (type is { } name) Check(name.Type, name.Span);
        if (entity.Entity is { } uid) Check(uid, entity.Span);
    }

    private void Check(EntityUid uid, SourceSpan span)
    {
        if (uid.Type.IsAction)
        {
            if (schema.Actions.ContainsKey(uid)) return;
            var near = findings.Suggest(uid.ToString(), schema.Actions.Keys.Select(known => known.ToString()));
            findings.Error(span, $"the schema has no action {Quoting.Code(uid.ToString())}", near);
        }
        else if (!schema.EntityTypes.TryGetValue(uid.Type, out var type))
            Check(uid.Type, span);
        else if (!type.HasId(uid.Id))
            findings.Error(span, $"there is no {Quoting.Code(uid.ToString())}", Expected.OneOf([.. (type.Ids ?? []).Take(10).Select(id => Quoting.Code(new EntityUid(uid.Type, id).ToString()))]));
    }

    private void Check(EntityType type, SourceSpan span)
    {
        // Whatever is called `Action` is the type of some actions.
        if (schema.EntityTypes.ContainsKey(type) || type.IsAction) return;
        findings.Error(span, $"the schema has no entity type {Quoting.Code(type.Name)}", findings.Suggest(type.Name, schema.EntityTypes.Keys.Select(known => known.Name)));
    }
}
