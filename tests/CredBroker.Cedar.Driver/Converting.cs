using System.Text.Json;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Driver;

/// <summary>Single policies and templates, from one form to the other.</summary>
internal static class Converting
{
    public static Reply ToJson(JsonElement message) => Convert(message, policy => Reply.Accepted(json =>
    {
        json.WritePropertyName("json");
        json.WriteRawValue(PolicyJson.Write(policy), skipInputValidation: true);
    }));

    public static Reply ToText(JsonElement message) =>
        Convert(message, policy => Reply.Accepted(json => json.WriteString("text", PolicyPrinter.Print(policy))));

    private static Reply Convert(JsonElement message, Func<CedarPolicy, Reply> convert)
    {
        var isTemplate = message.TryGetProperty("template", out var input);
        if (!isTemplate && !message.TryGetProperty("policy", out input)) return Reply.Refused(["neither policy nor template"]);
        if (PolicyInput.ReadOne(input, isTemplate ? "template" : "policy", out var errors) is not { } policy) return Reply.Refused(errors);
        return policy.IsTemplate == isTemplate
            ? convert(policy)
            : Reply.Refused([isTemplate ? "expected a template, got a static policy" : "expected a static policy, got a template"]);
    }
}
