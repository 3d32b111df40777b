using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Driver;

/// <summary>Decisions.</summary>
internal static class Authorizing
{
    public static Reply Authorize(JsonElement message) => SchemaInput.With(message, schema =>
        WithPolicies(message, (snapshot, request) => Decide(snapshot, request, schema)));

    /// <summary>Uses the policies of a message; refuses when they are none.</summary>
    public static Reply WithPolicies(JsonElement message, Func<PolicySnapshot, JsonElement, Reply> use) =>
        PolicyInput.Read(message, out var errors) is { } policies ? use(PolicySnapshot.Compile(policies), message) : Reply.Refused(errors);

    public static Reply Decide(PolicySnapshot snapshot, JsonElement message, CedarSchema? schema) => Read(message, schema, out var errors) is var (request, entities)
        ? Describe(snapshot.Authorize(request, entities))
        : Reply.Refused(errors);

    /// <summary>The request and the entities of a message; null, with the errors, when they are none.</summary>
    public static (CedarRequest Request, EntityStore Entities)? Read(JsonElement message, CedarSchema? schema, out ImmutableArray<CedarError> errors)
    {
        if (Parsing.ReadEntities(message, schema, out errors) is not { } entities || ReadRequest(message, schema, out errors) is not { } request) return null;
        if (schema is not null && message.TryGetProperty("validateRequest", out var flag) && flag.ValueKind == JsonValueKind.True)
            errors = RequestValidator.Validate(request, schema);
        return errors.IsEmpty ? (request, entities) : null;
    }

    private static CedarRequest? ReadRequest(JsonElement message, CedarSchema? schema, out ImmutableArray<CedarError> errors)
    {
        if (!TryReadUid(message, "principal", out var principal, out errors)) return null;
        if (!TryReadUid(message, "action", out var action, out errors)) return null;
        if (!TryReadUid(message, "resource", out var resource, out errors)) return null;
        var json = Input.Json(message, "context", "{}");
        var isRead = schema is null
            ? ContextReader.TryParse(json, out var context, out errors)
            : RequestValidator.TryParseContext(json, schema, action, out context, out errors);
        return isRead ? new(principal, action, resource, context) : null;
    }

    private static bool TryReadUid(
        JsonElement message, string name, [NotNullWhen(true)] out EntityUid? uid, out ImmutableArray<CedarError> errors) =>
        ContextReader.TryParseUid(Input.Json(message, name, "null"), out uid, out errors);

    public static Reply Describe(AuthorizationResult result, Action<Utf8JsonWriter>? more = null) => Reply.Accepted(json =>
    {
        json.WriteString("decision", result.Decision == Decision.Allow ? "allow" : "deny");
        json.WriteStartArray("reasons");
        foreach (var reason in result.Reasons.Order()) json.WriteStringValue(reason.Value);
        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var error in result.Errors.OrderBy(error => error.Policy))
        {
            json.WriteStartObject();
            json.WriteString("policy", error.Policy.Value);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        more?.Invoke(json);
    });
}
