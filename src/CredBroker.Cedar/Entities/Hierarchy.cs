using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>Computes what each entity is in, through all entities that exist, without recursion; refuses circles.</summary>
internal sealed class Hierarchy(ErrorList errors, bool isFromText)
{
    private readonly Dictionary<EntityUid, (Entity Entity, SourceSpan Span)> _given = [];
    private readonly Dictionary<EntityUid, StoredEntity> _done = [];

    // Entities on the way from the one that is looked at down to where the search began.
    private readonly HashSet<EntityUid> _under = [];
    private readonly Stack<(Entity Entity, int NextParent)> _path = new();
    private int _links;

    /// <summary>Null after a complaint.</summary>
    internal EntityStore? Build(IEnumerable<(Entity Entity, SourceSpan Span)> entities)
    {
        foreach (var (entity, span) in entities)
            if (!TryTake(entity, span)) return null;
        if (errors.Count > 0) return null;
        foreach (var (entity, span) in _given.Values)
            if (!_done.ContainsKey(entity.Uid) && !TryFinish(entity, span)) return null;
        return new(_done);
    }

    private bool TryTake(Entity entity, SourceSpan span)
    {
        if (_given.Count == CedarLimits.MaxEntities)
            return Fail(span, "too many entities", Expected.AtMost(CedarLimits.MaxEntities));
        if (!_given.TryAdd(entity.Uid, (entity, span)) && !_given[entity.Uid].Entity.Equals(entity))
            return Fail(span, $"the entity {Quoting.Code(entity.Uid.ToString())} is there twice, and not the same");
        if (entity.Uid.Type.IsAction && entity.Parents.FirstOrDefault(parent => !parent.Type.IsAction) is { } other)
            return Fail(span, $"the action {Quoting.Code(entity.Uid.ToString())} is in {Quoting.Code(other.ToString())}", "actions in actions only");
        return true;
    }

    /// <summary>Finishes an entity and all above it, those above first.</summary>
    private bool TryFinish(Entity start, SourceSpan span)
    {
        Push(start);
        while (_path.TryPop(out var top))
        {
            if (NextUnfinished(top.Entity, top.NextParent, out var next) is not { } parent)
            {
                if (!TryClose(top.Entity, span)) return false;
                continue;
            }

            _path.Push((top.Entity, next));
            if (_under.Contains(parent.Uid))
                return Fail(_given[parent.Uid].Span, $"the entity {Quoting.Code(parent.Uid.ToString())} is above itself");
            Push(parent);
        }

        return true;
    }

    private void Push(Entity entity)
    {
        _path.Push((entity, 0));
        _under.Add(entity.Uid);
    }

    private Entity? NextUnfinished(Entity entity, int from, out int next)
    {
        for (next = from; next < entity.Parents.Length;)
        {
            var parent = entity.Parents[next++];
            if (!_done.ContainsKey(parent) && _given.TryGetValue(parent, out var given)) return given.Entity;
        }

        return null;
    }

    private bool TryClose(Entity entity, SourceSpan span)
    {
        var ancestors = new HashSet<EntityUid>();
        foreach (var parent in entity.Parents)
        {
            ancestors.Add(parent);
            _links++;
            if (!_done.TryGetValue(parent, out var above)) continue;
            _links += above.Ancestors.Length;
            if (_links > CedarLimits.MaxAncestorLinks)
                return Fail(span, "the hierarchy of these entities is too large", $"{Expected.AtMost(CedarLimits.MaxAncestorLinks)} ways from a parent to one above it");
            ancestors.UnionWith(above.Ancestors);
        }

        _under.Remove(entity.Uid);
        _done.Add(entity.Uid, new(entity, [.. ancestors]));
        return true;
    }

    private bool Fail(SourceSpan span, string problem, string? expected = null)
    {
        errors.Add(new CedarError(isFromText ? errors.Source : null, span, problem, expected));
        return false;
    }
}
