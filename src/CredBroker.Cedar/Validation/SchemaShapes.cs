using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>What the types of a schema mean for reading JSON: where entities and extension values may be written without escapes.</summary>
internal sealed class SchemaShapes(CedarSchema schema)
{
    // Types share parts; each has one shape.
    private readonly Dictionary<CedarType, ValueShape?> _shapes = [];

    internal IEntityShape? Of(EntityType type) => schema.EntityTypes.TryGetValue(type, out var known) ? new EntityShape(this, known) : null;

    internal Func<string, ValueShape?> Of(CedarType.Record record) => name => record.Find(name) is { } attribute ? Of(attribute.Type) : null;

    private ValueShape? Of(CedarType type)
    {
        if (_shapes.TryGetValue(type, out var known)) return known;
        ValueShape? shape = type switch
        {
            CedarType.Entity => new ValueShape.Entity(),
            CedarType.Set set => Of(set.Element) is { } element ? new ValueShape.Set(element) : null,
            CedarType.Record record => new ValueShape.Record(Of(record)),
            _ => ValueShape.OfKind(type.Kind),
        };
        _shapes.Add(type, shape);
        return shape;
    }

    private sealed class EntityShape(SchemaShapes shapes, SchemaEntityType type) : IEntityShape
    {
        private readonly Func<string, ValueShape?> _attributes = shapes.Of(type.Attributes);

        public ValueShape? Tag => type.Tags is null ? null : shapes.Of(type.Tags);

        public ValueShape? Attribute(string name) => _attributes(name);
    }
}
