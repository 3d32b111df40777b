using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>
/// Which entities, actions and requests there are: what policies, entities and requests are validated against. Immutable and safe to
/// share.
/// </summary>
public sealed class CedarSchema
{
    private readonly SchemaDocument _document;

    internal CedarSchema(
        SchemaDocument document, FrozenDictionary<EntityType, SchemaEntityType> entityTypes, FrozenDictionary<EntityUid, SchemaAction> actions, EntityStore actionEntities)
    {
        (_document, EntityTypes, Actions, ActionEntities) = (document, entityTypes, actions, actionEntities);
    }

    /// <summary>Without entities and actions: no request fits it.</summary>
    public static CedarSchema Empty { get; } = new(new([]), FrozenDictionary<EntityType, SchemaEntityType>.Empty, FrozenDictionary<EntityUid, SchemaAction>.Empty, EntityStore.Empty);

    /// <summary>The types of entities, without those of actions.</summary>
    public FrozenDictionary<EntityType, SchemaEntityType> EntityTypes { get; }

    /// <summary>The actions and their groups.</summary>
    public FrozenDictionary<EntityUid, SchemaAction> Actions { get; }

    /// <summary>The actions and their groups as entities: what requests are decided with.</summary>
    public EntityStore ActionEntities { get; }

    /// <summary>Reads a schema from text.</summary>
    /// <returns>False when there is any mistake, with all of them, each with its place.</returns>
    public static bool TryParse(SourceText text, [NotNullWhen(true)] out CedarSchema? schema, out ImmutableArray<CedarError> errors) =>
        TryRead(text, SchemaTextReader.Read, out schema, out errors);

    /// <summary>Reads a schema from JSON.</summary>
    /// <returns>False when there is any mistake, with its place.</returns>
    public static bool TryParseJson(SourceText json, [NotNullWhen(true)] out CedarSchema? schema, out ImmutableArray<CedarError> errors) =>
        TryRead(json, SchemaJsonReader.Read, out schema, out errors);

    /// <summary>The declarations as JSON, always the same for the same declarations: reads back to an equal schema.</summary>
    public string ToJson() => PolicyJson.Write(json => new SchemaJsonWriter(json).Write(_document));

    private static bool TryRead(
        SourceText source, Func<ErrorList, SchemaDocument?> read, [NotNullWhen(true)] out CedarSchema? schema, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(source);
        var list = new ErrorList(source);
        schema = read(list) is { } document ? new SchemaResolver(document, list).Resolve() : null;
        errors = list.ToArray();
        return schema is not null;
    }
}
