using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Driver;

/// <summary>Decisions.</summary>
internal static class Authorizing
{
    public static Reply Authorize(JsonElement message) => PolicyInput.Read(message, out var errors) is { } policies
        ? Decide(PolicySnapshot.Compile(policies), message)
        : Reply.Refused(errors);

    public static Reply Decide(PolicySnapshot snapshot, JsonElement message)
    {
        if (!EntityStore.TryParse(Input.Json(message, "entities", "[]"), out var entities, out var errors)) return Reply.Refused(errors);
        return ReadRequest(message, out errors) is { } request ? Describe(snapshot.Authorize(request, entities)) : Reply.Refused(errors);
    }

    private static CedarRequest? ReadRequest(JsonElement message, out ImmutableArray<CedarError> errors)
    {
        if (!TryReadUid(message, "principal", out var principal, out errors)) return null;
        if (!TryReadUid(message, "action", out var action, out errors)) return null;
        if (!TryReadUid(message, "resource", out var resource, out errors)) return null;
        return ContextReader.TryParse(Input.Json(message, "context", "{}"), out var context, out errors)
            ? new(principal, action, resource, context)
            : null;
    }

    private static bool TryReadUid(
        JsonElement message, string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EntityUid? uid, out ImmutableArray<CedarError> errors) =>
        ContextReader.TryParseUid(Input.Json(message, name, "null"), out uid, out errors);

    private static Reply Describe(AuthorizationResult result) => Reply.Accepted(json =>
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
    });
}
