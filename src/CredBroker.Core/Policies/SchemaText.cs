using System.Globalization;
using System.Text;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>
/// The Cedar schema of a catalog: what its policies are typed against, and what whoever writes them reads. The same catalog gives the
/// same text.
/// </summary>
public static class SchemaText
{
    private const int MostNamesShown = 16;

    private static readonly string[] s_reserved = ["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"];

    /// <summary>The schema of a catalog.</summary>
    public static string Of(BrokerCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Of([.. catalog.Tools.Values], [.. catalog.Workloads.Values]);
    }

    /// <summary>
    /// The schema of a catalog's files; null when they are no catalog even without their policies, which need not be valid: whoever mends
    /// them needs the schema most.
    /// </summary>
    public static string? Of(IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files) =>
        CatalogReader.Read(files.Where(file => !CatalogFiles.IsPolicy(file.Name))) is CatalogReading.Valid valid ? Of(valid.Catalog) : null;

    internal static string Of(IReadOnlyCollection<Tool> tools, IReadOnlyCollection<Workload> workloads)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            // What policies may rely on, made from broker.yaml: it is not written by hand, and not applied.

            // The class of workloads. {{Known(workloads.Select(workload => workload.Class.ToString()))}}
            entity Class;

            // Who asks: the workload that the task belongs to. {{Known(workloads.Select(workload => workload.Name.ToString()))}}
            // attested_by is how this caller proved itself: "unix_peer", "jwt", "x509_peer" or "join_token".
            entity Workload in [Class] { owner: String, trust_domain: String, attested_by: String };

            // What is to be called, as the action that is asked for has it. {{Known(tools.Select(tool => tool.Name.ToString()))}}
            // data is "public", "internal", "confidential" or "secret"; egress says that data can be carried out.
            entity Tool { audience: String, data: String, egress: Bool };

            // What the task's whole tree was granted before: classes of data, tools, whether something could carry data out, and how many
            // tokens, by risk class and by tool.
            type History = {
              data: Set<String>, tools: Set<String>, egress: Bool,
              reads: Long, writes: Long, privileged: Long,
              by_tool: {{{ByTool(tools)}}},
            };

            // The task: intent and initiator are what the agent said, so narrow by them and never widen. depth is 0 for a task that was not
            // delegated; issued and remaining_budget count this task's own tokens.
            type Task = {
              intent: String, initiator: String, depth: Long, age: duration,
              issued: Long, remaining_budget: Long,
              history: History,
            };

            action read, write, privileged, egress;

            """);
        text.Append("""

            // phase is "mint", "authorize" or "delegate". path is the resource; it has a value where one resource is asked for. A parameter
            // has a value where one value is asked for; those with ? may be absent. approved: an approver said yes to exactly this.

            """);
        foreach (var tool in tools.OrderBy(tool => tool.Name.ToString(), StringComparer.Ordinal))
            foreach (var action in tool.Actions.Values.OrderBy(action => action.Rule.Action.ToString(), StringComparer.Ordinal))
                Append(text, action);
        return text.Replace("\r\n", "\n").ToString();
    }

    private static void Append(StringBuilder text, ToolAction action)
    {
        var rule = action.Rule;
        var groups = rule.Egress ? $"{PolicyNames.Group(rule.Risk).Id}, {PolicyNames.Egress.Id}" : PolicyNames.Group(rule.Risk).Id;
        text.Append(CultureInfo.InvariantCulture, $$"""
            action "{{PolicyNames.Of(rule.Tool, rule.Action).Id}}" in [{{groups}}] appliesTo { principal: Workload, resource: Tool, context: {
              phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: {{{Parameters(action)}}} } };

            """);
    }

    private static string Parameters(ToolAction action) => Fields(action.Rule.Parameters
        .Select(parameter => (parameter.Key.ToString(), action.Bounds.ContainsKey(parameter.Key) ? "" : "?", parameter.Value.ToString())));

    private static string ByTool(IEnumerable<Tool> tools) => Fields(tools.Select(tool => (tool.Name.ToString(), "", "Long")));

    private static string Fields(IEnumerable<(string Name, string Mark, string Type)> fields)
    {
        var written = fields.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{Attribute(field.Name)}{field.Mark}: {field.Type}").ToList();
        return written.Count == 0 ? "" : $" {string.Join(", ", written)} ";
    }

    private static string Attribute(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !s_reserved.Contains(name, StringComparer.Ordinal) ? name : $"\"{name}\"";

    private static string Known(IEnumerable<string> names)
    {
        var known = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => $"\"{name}\"").ToList();
        return known.Count == 0 ? "There is none." : $"There {(known.Count == 1 ? "is" : "are")} {string.Join(", ", known.Take(MostNamesShown))}{(known.Count > MostNamesShown ? ", …" : ".")}";
    }
}
