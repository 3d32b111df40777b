using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Driver;

/// <summary>How long it takes to load a set of policies as a broker has them: to parse, to validate, and to compile it.</summary>
internal static class ValidationBench
{
    private const int DefaultPolicies = 10_000;

    private const string Schema = """
        entity Class;
        entity Workload in [Class] { owner: String, trust_domain: String, attested_by: String };
        entity Tool { audience: String, data: String, egress: Bool };
        type History = { data: Set<String>, tools: Set<String>, egress: Bool, reads: Long, writes: Long, privileged: Long };
        type Task = { intent: String, initiator: String, depth: Long, age: duration, issued: Long, history: History };
        action read, write, privileged, egress;
        action "github.issues.read" in [read] appliesTo { principal: Workload, resource: Tool, context: {
          phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: { repo: String } } };
        action "mail.send" in [write, egress] appliesTo { principal: Workload, resource: Tool, context: {
          phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: { to: String } } };
        """;

    public static Reply Measure(JsonElement message)
    {
        if (!CedarSchema.TryParse(new("bench.cedarschema", Schema), out var schema, out var errors)) return Reply.Refused(errors);
        var text = new SourceText("bench.cedar", Policies(Input.Number(message, "n") ?? DefaultPolicies));
        var start = Stopwatch.GetTimestamp();
        if (!PolicySet.TryParse(text, out var policies, out errors)) return Reply.Refused(errors);
        var parsed = Stopwatch.GetTimestamp();
        var result = PolicyValidator.Validate(policies, schema);
        var validated = Stopwatch.GetTimestamp();
        PolicySnapshot.Compile(policies);
        var compiled = Stopwatch.GetTimestamp();
        return Reply.Accepted(json =>
        {
            json.WriteNumber("policies", policies.Policies.Count);
            json.WriteBoolean("valid", result.IsValid);
            json.WriteStartObject("ms");
            json.WriteNumber("parse", Stopwatch.GetElapsedTime(start, parsed).TotalMilliseconds);
            json.WriteNumber("validate", Stopwatch.GetElapsedTime(parsed, validated).TotalMilliseconds);
            json.WriteNumber("compile", Stopwatch.GetElapsedTime(validated, compiled).TotalMilliseconds);
            json.WriteEndObject();
        });
    }

    private static string Policies(int count)
    {
        string[] forms =
        [
            "permit (principal in Class::\"c#\", action in Action::\"write\", resource) when { context.task.history.writes < # };",
            "forbid (principal, action in Action::\"egress\", resource) when { context.task.history.data.containsAny([\"confidential\", \"d#\"]) };",
            "@id(\"p#\") permit (principal, action, resource == Tool::\"t#\") when { context.approved && principal.owner == \"o#\" };",
            "forbid (principal, action, resource) when { context.parameters has repo && context.parameters.repo == \"r#\" } unless { context.approved };",
        ];
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(forms[i % forms.Length]).Replace("#", $"{i}", text.Length - forms[i % forms.Length].Length, forms[i % forms.Length].Length).Append('\n');
        return text.ToString();
    }
}
