using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Validation;

/// <summary>Holds entities against a schema, and reads them by it.</summary>
public static class EntityValidator
{
    /// <summary>
    /// Reads entities from JSON by a schema: where it says that something is an entity or an extension value, <c>{"type", "id"}</c> or the
    /// text alone will do, without <c>__entity</c> and <c>__extn</c>. The store also has the schema's actions.
    /// </summary>
    /// <returns>False when there is any mistake; what does not fit the schema is one.</returns>
    public static bool TryParse(SourceText json, CedarSchema schema, [NotNullWhen(true)] out EntityStore? store, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var conformance = new EntityConformance(schema);
        return EntityReader.TryRead(json, new SchemaShapes(schema).Of, schema.ActionEntities.Entities, out store, out errors, Accept);

        // Actions come from the schema; those in the text only must be the same.
        bool Accept(Entity entity, SourceSpan span, ErrorList list)
        {
            var before = list.Count;
            foreach (var problem in conformance.ProblemsWith(entity)) list.Add(span, problem);
            return list.Count == before && !entity.Uid.Type.IsAction;
        }
    }

    /// <summary>Everything in a store that does not fit a schema; nothing when all does.</summary>
    public static ImmutableArray<CedarError> Validate(EntityStore store, CedarSchema schema)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(schema);
        var conformance = new EntityConformance(schema);
        return [.. store.Entities.SelectMany(conformance.ProblemsWith).Take(CedarLimits.MaxErrors).Select(problem => new CedarError(null, default, problem))];
    }

    /// <summary>Entities with the actions of a schema, which policies that name groups of actions need.</summary>
    /// <returns>False when the entities do not fit the schema, or do not go together.</returns>
    public static bool TryCreate(IEnumerable<Entity> entities, CedarSchema schema, [NotNullWhen(true)] out EntityStore? store, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(entities);
        ArgumentNullException.ThrowIfNull(schema);
        var conformance = new EntityConformance(schema);
        var given = entities.ToArray();
        errors = [.. given.SelectMany(conformance.ProblemsWith).Take(CedarLimits.MaxErrors).Select(problem => new CedarError(null, default, problem))];
        store = null;
        return errors.IsEmpty && EntityStore.TryCreate(given.Where(entity => !entity.Uid.Type.IsAction).Concat(schema.ActionEntities.Entities), out store, out errors);
    }
}
