using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>Makes a schema of what was declared: looks up the names, closes the hierarchies, refuses what contradicts itself.</summary>
internal sealed class SchemaResolver
{
    private readonly SchemaDocument _document;
    private readonly ErrorList _errors;
    private readonly SchemaNames _names;
    private readonly TypeResolver _types;
    private readonly Dictionary<EntityUid, (SchemaNamespace In, ActionDeclaration Action)> _actions = [];

    internal SchemaResolver(SchemaDocument document, ErrorList errors)
    {
        (_document, _errors) = (document, errors);
        _names = new(document, errors);
        _types = new(_names, errors);
    }

    /// <summary>Null after a complaint.</summary>
    internal CedarSchema? Resolve()
    {
        DeclareActions();
        _types.ResolveCommonTypes();
        var entities = ResolveEntities();
        var groups = ResolveGroups();
        var actions = ResolveActions(groups);
        return _errors.Count > 0 || groups is null ? null : new(_document, entities.ToFrozenDictionary(type => type.Type), actions.ToFrozenDictionary(action => action.Uid), groups);
    }

    private void DeclareActions()
    {
        foreach (var part in _document.Namespaces)
            foreach (var action in part.Actions)
                if (!_actions.TryAdd(UidOf(part, action.Name.Name), (part, action)))
                    _errors.Add(action.Name.Span, $"the action {Quoting.Code(UidOf(part, action.Name.Name).ToString())} is there twice");
        foreach (var (uid, (part, action)) in _actions)
            if (part.Name.Length > 0 && _actions.ContainsKey(new(new("Action"), uid.Id)))
                _errors.Add(action.Name.Span, $"{Quoting.Code(uid.ToString())} would hide the action of this name that is in no namespace", "another name");
    }

    private List<SchemaEntityType> ResolveEntities()
    {
        var containers = new TypeHierarchy(_errors).Close(_names.Entities.ToDictionary(
            entity => new EntityType(entity.Key),
            entity => (entity.Value.Entity.Name.Span, entity.Value.Entity.Parents.Select(name => _types.ResolveEntity(entity.Value.In, name)).OfType<EntityType>().ToImmutableArray())));
        var resolved = new List<SchemaEntityType>(_names.Entities.Count);
        foreach (var (path, (part, entity)) in _names.Entities)
        {
            var attributes = _types.ResolveRecord(part, entity.Shape, "the shape");
            var tags = entity.Tags is null ? null : _types.Resolve(part, entity.Tags);
            var type = new EntityType(path);
            if (attributes is not null && containers.TryGetValue(type, out var above)) resolved.Add(new(type, attributes, tags, entity.Ids, above));
        }

        return resolved;
    }

    /// <summary>The actions as entities, each with all groups that it is in; null after a complaint.</summary>
    private EntityStore? ResolveGroups()
    {
        var entities = new List<(Entity, SourceSpan)>(_actions.Count);
        foreach (var (uid, (part, action)) in _actions)
            entities.Add((new(uid, parents: [.. action.Parents.Select(parent => ResolveParent(part, parent)).OfType<EntityUid>()]), action.Name.Span));
        return _errors.Count > 0 ? null : new Hierarchy(_errors, isFromText: true).Build(entities);
    }

    private EntityUid? ResolveParent(SchemaNamespace part, ActionReference parent)
    {
        var candidates = parent.Type is null or "Action"
            ? [UidOf(part, parent.Id), new EntityUid(new("Action"), parent.Id)]
            : new[] { new EntityUid(new(parent.Type), parent.Id) };
        if (Array.Find(candidates, _actions.ContainsKey) is { } found) return found;
        var near = Suggestions.For(parent.Id, _actions.Keys.Select(uid => uid.Id), _errors);
        _errors.Add(parent.Span, $"there is no action {Quoting.Code(candidates[0].ToString())}", near);
        return null;
    }

    private List<SchemaAction> ResolveActions(EntityStore? groups)
    {
        var resolved = new List<SchemaAction>(_actions.Count);
        var kinds = 0L;
        foreach (var (uid, (part, action)) in _actions)
        {
            var applies = action.AppliesTo;
            var principals = ResolveAll(part, applies?.Principals ?? []);
            var resources = ResolveAll(part, applies?.Resources ?? []);
            if (_types.ResolveRecord(part, applies?.Context, $"the context of {Quoting.Code(uid.ToString())}") is not { } context) continue;
            if ((kinds += (long)principals.Length * resources.Length) > CedarLimits.MaxRequestKinds)
            {
                _errors.Add(action.Name.Span, "this schema has too many kinds of requests", Expected.AtMost(CedarLimits.MaxRequestKinds));
                return resolved;
            }

            resolved.Add(new(uid, groups?.AncestorsOf(uid) ?? [], principals, resources, context));
        }

        return resolved;
    }

    private ImmutableArray<EntityType> ResolveAll(SchemaNamespace part, ImmutableArray<NameReference> names) =>
        [.. names.Select(name => _types.ResolveEntity(part, name)).OfType<EntityType>().Distinct()];

    private static EntityUid UidOf(SchemaNamespace part, string id) => new(new(part.PathOf("Action")), id);
}
