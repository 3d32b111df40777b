using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Driver;

/// <summary>Schemas in messages: a string is text, anything else JSON.</summary>
internal static class SchemaInput
{
    /// <summary>The schema; null, with the errors, when it is none.</summary>
    public static CedarSchema? Read(JsonElement message, out ImmutableArray<CedarError> errors)
    {
        var isText = message.TryGetProperty("schema", out var given) && given.ValueKind == JsonValueKind.String;
        var source = isText ? new SourceText("schema", given.GetString() ?? "") : Input.Json(message, "schema", "null");
        return (isText ? CedarSchema.TryParse(source, out var schema, out errors) : CedarSchema.TryParseJson(source, out schema, out errors)) ? schema : null;
    }

    /// <summary>Uses the schema of a message, or null when it has none; refuses when it is not one.</summary>
    public static Reply With(JsonElement message, Func<CedarSchema?, Reply> use)
    {
        if (!Input.Has(message, "schema")) return use(null);
        return Read(message, out var errors) is { } schema ? use(schema) : Reply.Refused(errors);
    }
}
