using System.Text.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Driver;

/// <summary>Whether policies fit a schema.</summary>
internal static class Validating
{
    // A member of ours: the official build takes no options. "warning" is what it does from 4.13 on.
    private const string Severity = "inapplicable";

    public static Reply Validate(JsonElement message)
    {
        if (SchemaInput.Read(message, out var schemaErrors) is not { } schema) return Reply.Refused(schemaErrors);
        if (PolicyInput.Read(message, out var errors) is not { } policies) return Reply.Refused(errors);
        var options = new ValidationOptions { AcceptsInapplicablePolicies = Input.Text(message, Severity) == "warning" };
        var result = PolicyValidator.Validate(policies, schema, options);
        return Reply.Accepted(json =>
        {
            json.WriteBoolean("valid", result.IsValid);
            Write(json, "errors", result.Errors);
            Write(json, "warnings", result.Warnings);
            json.WriteStartArray("otherWarnings");
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<CedarError> found)
    {
        json.WriteStartArray(name);
        foreach (var error in found.OrderBy(error => error.Policy))
        {
            json.WriteStartObject();
            json.WriteString("policy", error.Policy?.Value);
            json.WriteString("message", error.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
