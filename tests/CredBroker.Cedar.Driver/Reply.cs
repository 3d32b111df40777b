using System.Text.Json;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Driver;

/// <summary>What is answered, besides the id.</summary>
/// <param name="Write">Writes the members.</param>
internal sealed record Reply(Action<Utf8JsonWriter> Write)
{
    public static Reply Ok { get; } = Accepted(_ => { });

    public static Reply Accepted(Action<Utf8JsonWriter> write) => new(json =>
    {
        json.WriteBoolean("ok", true);
        write(json);
    });

    public static Reply Refused(IEnumerable<CedarError> errors) => Refused(errors.Select(error => error.ToString()));

    public static Reply Refused(IEnumerable<string> errors) => new(json =>
    {
        json.WriteBoolean("ok", false);
        json.WriteStartArray("errors");
        foreach (var error in errors) json.WriteStringValue(error);
        json.WriteEndArray();
    });
}
