using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>What a schema says of the JSON of one type of entities.</summary>
internal interface IEntityShape
{
    /// <summary>The shape of an attribute; null when it has none to go by.</summary>
    ValueShape? Attribute(string name);

    /// <summary>The shape of every tag; null when it has none to go by.</summary>
    ValueShape? Tag { get; }
}

/// <summary>Entities from JSON.</summary>
internal sealed class EntityReader(ErrorList errors, Func<EntityType, IEntityShape?>? shapes, Func<Entity, SourceSpan, ErrorList, bool>? accept)
{
    private readonly ValueReader _values = new(errors);

    /// <param name="json">The text.</param>
    /// <param name="shapes">What a schema says of each type; null without one.</param>
    /// <param name="more">Entities that are not in the text, such as the actions of a schema.</param>
    /// <param name="store">All of them.</param>
    /// <param name="errors">Every mistake.</param>
    /// <param name="accept">Looks at each entity of the text, may complain about it, and says whether it is kept; null to keep all.</param>
    internal static bool TryRead(
        SourceText json, Func<EntityType, IEntityShape?>? shapes, IEnumerable<Entity> more,
        [NotNullWhen(true)] out EntityStore? store, out ImmutableArray<CedarError> errors, Func<Entity, SourceSpan, ErrorList, bool>? accept = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var list = new ErrorList(json);
        var read = new EntityReader(list, shapes, accept).Read();
        store = list.Count > 0 ? null : new Hierarchy(list, isFromText: true).Build(read.Concat(more.Select(entity => (entity, default(SourceSpan)))));
        errors = list.ToArray();
        return store is not null;
    }

    private List<(Entity Entity, SourceSpan Span)> Read()
    {
        var read = new List<(Entity, SourceSpan)>();
        if (JsonReader.Read(errors) is not { } root) return read;
        if (root.Kind != JsonKind.Array) errors.Add(root.Span, $"this is {root.Description}", "an array of entities");
        foreach (var node in root.Items)
        {
            if (errors.IsFull) break;
            if (ReadEntity(node) is { } entity && (accept is null || accept(entity, node.Span, errors))) read.Add((entity, node.Span));
        }

        return read;
    }

    private Entity? ReadEntity(JsonNode node)
    {
        if (Member(node, "uid") is not { } uidNode || _values.ReadUid(uidNode) is not { } uid) return null;
        if (Member(node, "attrs") is not { } attributesNode || Member(node, "parents") is not { } parentsNode) return null;
        var shape = shapes?.Invoke(uid.Type);
        if (_values.ReadRecord(attributesNode, shape is null ? null : shape.Attribute) is not { } attributes) return null;
        if (ReadParents(parentsNode) is not { } parents) return null;
        var tags = CedarRecord.Empty;
        if (node.Find("tags") is { } tagsNode)
        {
            if (_values.ReadRecord(tagsNode, shape is null ? null : _ => shape.Tag) is not { } read) return null;
            tags = read;
        }

        return new(uid, attributes, parents, tags);
    }

    private ImmutableArray<EntityUid>? ReadParents(JsonNode node)
    {
        if (node.Kind != JsonKind.Array)
        {
            errors.Add(node.Span, $"this is {node.Description}", "an array of names of entities");
            return null;
        }

        var parents = ImmutableArray.CreateBuilder<EntityUid>(node.Items.Count);
        foreach (var item in node.Items)
        {
            if (_values.ReadUid(item) is not { } parent) return null;
            parents.Add(parent);
        }

        return parents.DrainToImmutable();
    }

    private JsonNode? Member(JsonNode node, string name)
    {
        var found = node.Find(name);
        if (found is null) errors.Add(node.Span, $"this entity has no `{name}`", "`uid`, `attrs` and `parents`");
        return found;
    }
}
