using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>Sets as JSON: <c>{"staticPolicies": {id: policy}, "templates": {id: template}, "templateLinks": [link]}</c>.</summary>
internal static class PolicySetJson
{
    internal static bool TryRead(SourceText json, [NotNullWhen(true)] out PolicySet? policies, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(json);
        var list = new ErrorList(json);
        var builder = new PolicySetBuilder();
        if (JsonReader.Read(list) is { } root && new JsonMembers(list).Check(root, [], ["staticPolicies", "templates", "templateLinks"]))
        {
            ReadAll(root.Find("staticPolicies"), builder, list, areTemplates: false);
            ReadAll(root.Find("templates"), builder, list, areTemplates: true);
            ReadLinks(root.Find("templateLinks"), builder, list);
        }

        policies = list.Count == 0 ? builder.Build() : null;
        errors = list.ToArray();
        return policies is not null;
    }

    internal static string Write(PolicySet policies) => PolicyJson.Write(json => Write(json, policies));

    internal static void Write(System.Text.Json.Utf8JsonWriter json, PolicySet policies)
    {
        var writer = new PolicyJsonWriter(json);
        json.WriteStartObject();
        foreach (var (name, all) in new[] { ("staticPolicies", policies.Policies), ("templates", policies.Templates) })
        {
            json.WriteStartObject(name);
            foreach (var (id, policy) in all)
            {
                json.WritePropertyName(id.Value);
                writer.Write(policy);
            }

            json.WriteEndObject();
        }

        json.WriteStartArray("templateLinks");
        foreach (var link in policies.Links.Values) Write(json, link);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, TemplateLink link)
    {
        json.WriteStartObject();
        json.WriteString("templateId", link.TemplateId.Value);
        json.WriteString("newId", link.Id.Value);
        json.WriteStartObject("values");
        foreach (var (name, uid) in new[] { ("?principal", link.Principal), ("?resource", link.Resource) })
        {
            if (uid is null) continue;
            json.WritePropertyName(name);
            PolicyJsonWriter.WriteUid(json, uid);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void ReadAll(JsonNode? node, PolicySetBuilder builder, ErrorList errors, bool areTemplates)
    {
        if (node is null) return;
        if (node.Kind != JsonKind.Object) errors.Add(node.Span, $"this is {node.Description}", "an object of policies by id");
        var reader = new PolicyJsonReader(errors);
        foreach (var (id, span, value) in node.Members)
        {
            if (errors.IsFull || reader.Read(value) is not { } policy) continue;
            if (policy.IsTemplate != areTemplates)
                errors.Add(span, areTemplates ? "this is a policy, not a template: it has no slots" : "this is a template, not a policy: it has slots");
            else if (!builder.TryAdd(new(id), policy, out var error))
                errors.Add(error with { Source = errors.Source, Span = span });
        }
    }

    private static void ReadLinks(JsonNode? node, PolicySetBuilder builder, ErrorList errors)
    {
        if (node is null) return;
        if (node.Kind != JsonKind.Array) errors.Add(node.Span, $"this is {node.Description}", "an array of links");
        foreach (var item in node.Items)
        {
            if (errors.IsFull || ReadLink(item, errors) is not { } link) continue;
            if (!builder.TryLink(link, out var error)) errors.Add(error with { Source = errors.Source, Span = item.Span });
        }
    }

    private static TemplateLink? ReadLink(JsonNode node, ErrorList errors)
    {
        var members = new JsonMembers(errors);
        if (!members.Check(node, ["templateId", "newId", "values"])) return null;
        if (node.FindText("templateId") is not { } template || node.FindText("newId") is not { } id)
            return members.Fail<TemplateLink>(node, "this is no link", "strings for `templateId` and `newId`");
        if (node.Find("values") is not { } values || !members.Check(values, [], ["?principal", "?resource"])) return null;
        return TryReadValue(values, "?principal", errors, out var principal) && TryReadValue(values, "?resource", errors, out var resource)
            ? new(new(id), new(template), principal, resource)
            : null;
    }

    private static bool TryReadValue(JsonNode values, string name, ErrorList errors, out EntityUid? uid)
    {
        var node = values.Find(name);
        uid = node is null ? null : new ValueReader(errors).ReadUid(node);
        return node is null || uid is not null;
    }
}
