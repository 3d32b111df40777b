using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Validation;

/// <summary>Whether entities are what a schema says: their types, attributes, tags, and what they are in.</summary>
internal sealed class EntityConformance(CedarSchema schema)
{
    private readonly ValueConformance _values = new(schema);

    /// <summary>Everything that is wrong with an entity.</summary>
    internal IEnumerable<string> ProblemsWith(Entity entity)
    {
        var name = Quoting.Code(entity.Uid.ToString());
        if (_values.ProblemWith(entity.Uid) is { } unknown) return [unknown];
        return entity.Uid.Type.IsAction ? ProblemsWithAction(entity, name) : ProblemsWith(entity, schema.EntityTypes[entity.Uid.Type], name);
    }

    private IEnumerable<string> ProblemsWith(Entity entity, SchemaEntityType type, string name)
    {
        if (_values.ProblemWith(entity.Attributes, type.Attributes) is { } problem) yield return $"{name}: {problem}";
        foreach (var (tag, value) in entity.Tags.Entries)
        {
            if (type.Tags is null)
            {
                yield return $"{name}: the schema has no tags for {Quoting.Code(type.Type.Name)}";
                break;
            }

            if (_values.ProblemWith(value, type.Tags, $"the tag {Quoting.Code(tag)}") is { } wrong) yield return $"{name}: {wrong}";
        }

        foreach (var parent in entity.Parents)
        {
            if (!type.Containers.Contains(parent.Type)) yield return $"{name} is in {Quoting.Code(parent.ToString())}, whose type the schema does not allow there";
            else if (_values.ProblemWith(parent) is { } wrong) yield return $"{name} is in something else: {wrong}";
        }
    }

    private IEnumerable<string> ProblemsWithAction(Entity entity, string name)
    {
        // All groups must be given, also those that it is in through others.
        var isSame = entity.Attributes.Count == 0 && entity.Tags.Count == 0 && schema.Actions[entity.Uid].Groups.ToHashSet().SetEquals(entity.Parents);
        if (!isSame) yield return $"{name} is not the action that the schema declares";
    }
}
