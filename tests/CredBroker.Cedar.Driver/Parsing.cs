using System.Text.Json;
using CredBroker.Cedar.Entities;

namespace CredBroker.Cedar.Driver;

/// <summary>Whether inputs can be read.</summary>
internal static class Parsing
{
    public static Reply Policies(JsonElement message) =>
        PolicyInput.Read(message, out var errors) is null ? Reply.Refused(errors) : Reply.Ok;

    public static Reply Entities(JsonElement message) =>
        EntityStore.TryParse(Input.Json(message, "entities", "[]"), out _, out var errors) ? Reply.Ok : Reply.Refused(errors);

    public static Reply Context(JsonElement message) =>
        ContextReader.TryParse(Input.Json(message, "context", "{}"), out _, out var errors) ? Reply.Ok : Reply.Refused(errors);
}
