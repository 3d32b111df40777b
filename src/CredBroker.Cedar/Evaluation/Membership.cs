using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Whether an entity is, or is below, another, or one of a set. All of the set must be entities, whatever the answer.</summary>
internal sealed class In(Code entity, Code container, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var left = entity.Evaluate(ref frame);
        if (left.IsNone) return default;
        var right = container.Evaluate(ref frame);
        if (right.IsNone) return default;
        return left.TryGet(out EntityUid? uid) ? Decide(ref frame, uid, container, right) : frame.FailKind(entity, left, ValueKind.Entity);
    }

    internal static CedarValue Decide(ref Frame frame, EntityUid uid, Code container, CedarValue value)
    {
        if (value.TryGet(out EntityUid? one)) return CedarValue.Of(frame.IsIn(uid, one));
        if (!value.TryGet(out CedarSet? set)) return frame.FailKind(container, value, ValueKind.Entity, "an entity, or a set of entities");
        if (!set.HasOnlyEntities) return frame.FailKind(container, value, ValueKind.Set, "a set of entities only");
        return CedarValue.Of(IsInAny(ref frame, uid, set));
    }

    private static bool IsInAny(ref Frame frame, EntityUid uid, CedarSet set)
    {
        if (set.Contains(CedarValue.Of(uid))) return true;
        if (frame.Find(uid) is not { } stored) return false;
        // Whichever is smaller is gone through, the other is asked.
        if (set.Count > stored.Ancestors.Length)
        {
            foreach (var ancestor in stored.Ancestors)
                if (set.Contains(CedarValue.Of(ancestor))) return true;
            return false;
        }

        foreach (var element in set.Elements)
            if (element.TryGet(out EntityUid? one) && stored.IsBelow(one)) return true;
        return false;
    }
}

/// <summary>Whether an entity has a type, and, if it has, is in something.</summary>
internal sealed class IsOfType(Code entity, EntityType type, Code? container, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = entity.Evaluate(ref frame);
        if (!value.TryGet(out EntityUid? uid)) return frame.FailKind(entity, value, ValueKind.Entity);
        if (!uid.Type.Equals(type)) return CedarValue.False;
        if (container is null) return CedarValue.True;
        var right = container.Evaluate(ref frame);
        return right.IsNone ? default : In.Decide(ref frame, uid, container, right);
    }
}
