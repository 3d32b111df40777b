using System.Text.Json;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Driver;

/// <summary>Members of a message.</summary>
internal static class Input
{
    public static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    public static int? Number(JsonElement message, string name) =>
        message.TryGetProperty(name, out var found) && found.TryGetInt32(out var number) ? number : null;

    /// <summary>True for a member that is there and not null.</summary>
    public static bool Has(JsonElement message, string name) =>
        message.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null;

    /// <summary>The JSON of a member, to be read by the library.</summary>
    public static SourceText Json(JsonElement message, string name, string otherwise) =>
        new(name, message.TryGetProperty(name, out var found) ? found.GetRawText() : otherwise);
}
