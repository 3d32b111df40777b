using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Driver;

/// <summary>Whether inputs can be read.</summary>
internal static class Parsing
{
    public static Reply Policies(JsonElement message) =>
        PolicyInput.Read(message, out var errors) is null ? Reply.Refused(errors) : Reply.Ok;

    public static Reply Schema(JsonElement message) => SchemaInput.Read(message, out var errors) is null ? Reply.Refused(errors) : Reply.Ok;

    public static Reply SchemaToJson(JsonElement message) => SchemaInput.Read(message, out var errors) is { } schema
        ? Reply.Accepted(json =>
        {
            json.WritePropertyName("json");
            json.WriteRawValue(schema.ToJson(), skipInputValidation: true);
        })
        : Reply.Refused(errors);

    public static Reply Entities(JsonElement message) => SchemaInput.With(message, schema =>
        ReadEntities(message, schema, out var errors) is null ? Reply.Refused(errors) : Reply.Ok);

    public static Reply Context(JsonElement message) => SchemaInput.With(message, schema =>
    {
        var json = Input.Json(message, "context", "{}");
        ImmutableArray<CedarError> errors;
        if (schema is null || !Input.Has(message, "action")) return ContextReader.TryParse(json, out _, out errors) ? Reply.Ok : Reply.Refused(errors);
        if (!ContextReader.TryParseUid(Input.Json(message, "action", "null"), out var action, out errors)) return Reply.Refused(errors);
        if (!RequestValidator.TryParseContext(json, schema, action, out var context, out errors)) return Reply.Refused(errors);
        return RequestValidator.ValidateContext(context, schema, action) is { } problem ? Reply.Refused([problem]) : Reply.Ok;
    });

    /// <summary>The entities of a message; null, with the errors, when they are none.</summary>
    public static EntityStore? ReadEntities(JsonElement message, CedarSchema? schema, out ImmutableArray<CedarError> errors)
    {
        var json = Input.Json(message, "entities", "[]");
        return (schema is null ? EntityStore.TryParse(json, out var store, out errors) : EntityValidator.TryParse(json, schema, out store, out errors)) ? store : null;
    }
}
