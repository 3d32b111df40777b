using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Driver;

/// <summary>
/// Policies in any of the forms that the official interface takes: a text, a list of texts, texts or JSON by id, with templates and links
/// beside them.
/// </summary>
internal sealed class PolicyInput
{
    private readonly PolicySetBuilder _builder = new();
    private readonly List<CedarError> _errors = [];

    /// <summary>The set; null, with the errors, when it is none.</summary>
    public static PolicySet? Read(JsonElement message, out IReadOnlyList<CedarError> errors)
    {
        var input = new PolicyInput();
        input.ReadAll(message.TryGetProperty("policies", out var policies) ? policies : default);
        errors = input._errors;
        return errors.Count == 0 ? input._builder.Build() : null;
    }

    /// <summary>One policy or template, as text or JSON; null, with the errors, when it is none.</summary>
    public static CedarPolicy? ReadOne(JsonElement policy, string name, out ImmutableArray<CedarError> errors)
    {
        if (policy.ValueKind != JsonValueKind.String)
            return PolicyJson.TryParse(new(name, policy.GetRawText()), out var read, out errors) ? read : null;
        if (!PolicyParser.TryParse(new(name, policy.GetString() ?? ""), out var policies, out errors)) return null;
        if (policies is [var only]) return only;
        errors = [new CedarError(null, default, $"{name}: expected exactly one policy")];
        return null;
    }

    private void ReadAll(JsonElement policies)
    {
        var isSet = policies.ValueKind == JsonValueKind.Object
            && (policies.TryGetProperty("staticPolicies", out _) || policies.TryGetProperty("templates", out _) || policies.TryGetProperty("templateLinks", out _));
        if (!isSet)
        {
            ReadStatic(policies);
            return;
        }

        if (policies.TryGetProperty("staticPolicies", out var fixedOnes)) ReadStatic(fixedOnes);
        if (policies.TryGetProperty("templates", out var templates)) ReadById(templates, areTemplates: true);
        if (policies.TryGetProperty("templateLinks", out var links)) ReadLinks(links);
    }

    private void ReadStatic(JsonElement policies)
    {
        switch (policies.ValueKind)
        {
            case JsonValueKind.String:
                if (!_builder.TryAddText(new("policies", policies.GetString() ?? ""), out var errors))
                    _errors.AddRange(errors);
                else if (!_builder.Build().Templates.IsEmpty)
                    _errors.Add(new(null, default, "static policy set includes a template"));
                break;
            case JsonValueKind.Array:
                foreach (var policy in policies.EnumerateArray()) Add("policy0", policy, isTemplate: false);
                break;
            case JsonValueKind.Object:
                ReadById(policies, areTemplates: false);
                break;
            default:
                break;
        }
    }

    private void ReadById(JsonElement policies, bool areTemplates)
    {
        foreach (var policy in policies.EnumerateObject()) Add(policy.Name, policy.Value, areTemplates);
    }

    private void Add(string id, JsonElement input, bool isTemplate)
    {
        if (ReadOne(input, id, out var errors) is not { } policy)
            _errors.AddRange(errors);
        else if (policy.IsTemplate != isTemplate)
            _errors.Add(new(null, default, $"{id}: expected {(isTemplate ? "a template, got a static policy" : "a static policy, got a template")}"));
        else if (!_builder.TryAdd(new(id), policy, out var error))
            _errors.Add(error);
    }

    private void ReadLinks(JsonElement links)
    {
        foreach (var link in links.EnumerateArray())
        {
            var values = link.TryGetProperty("values", out var given) ? given : default;
            var principal = ReadSlot(values, "?principal");
            var resource = ReadSlot(values, "?resource");
            if (Input.Text(link, "newId") is not { } id || Input.Text(link, "templateId") is not { } template || values.ValueKind != JsonValueKind.Object)
                _errors.Add(new(null, default, "a link needs `templateId`, `newId` and `values`"));
            else if (!_builder.TryLink(new(new(id), new(template), principal, resource), out var error))
                _errors.Add(error);
        }
    }

    private Values.EntityUid? ReadSlot(JsonElement values, string slot)
    {
        if (values.ValueKind != JsonValueKind.Object || !values.TryGetProperty(slot, out var given)) return null;
        if (ContextReader.TryParseUid(new(slot, given.GetRawText()), out var uid, out var errors)) return uid;
        _errors.AddRange(errors);
        return null;
    }
}
