using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Policies.Testing;

/// <summary>Reads the task of a case. What it does not say is a task that was just started, with all before it.</summary>
internal sealed class PolicyTestTaskReader(BrokerCatalog catalog)
{
    private const int MostTokens = 1_000_000;
    private const int MostEntries = 1_000;

    /// <summary>The task of a case of a workload; null when something could not be read.</summary>
    internal PolicyTestTask? Read(LayeredFields keys, Workload? workload)
    {
        var task = keys.Within("task", "intent", "initiator", "depth", "above", "age", "issued", "remaining_budget", "envelope", "history");
        var intent = task.May("intent")?.Text("what the task is for") ?? "an example";
        var initiator = task.May("initiator")?.Text("on whose behalf the task runs", TaskLimits.MaxInitiatorBytes) ?? "user:example";
        var age = task.May("age")?.Duration(TimeSpan.FromSeconds(1), TaskLimits.MaxTimeToLive) ?? TimeSpan.Zero;
        var issued = (int?)task.May("issued")?.Integer(0, MostTokens) ?? 0;
        var remaining = (int?)task.May("remaining_budget")?.Integer(0, MostTokens) ?? Math.Max(0, (workload?.Limits.MaxBudget ?? 0) - issued);
        var above = Above(task, workload);
        var envelope = EnvelopeOf(task.May("envelope"));
        var (history, granted) = History(task);
        return workload is null ? null : new PolicyTestTask
        {
            Intent = intent, Initiator = initiator, Above = above, Age = age, Issued = issued, RemainingBudget = remaining, Envelope = envelope,
            History = history, Granted = granted,
        };
    }

    private ImmutableArray<SpiffeId> Above(LayeredFields task, Workload? workload)
    {
        var (depth, above) = (task.May("depth"), task.May("above"));
        if (depth is not null && above is not null)
            depth.Errors.Add(CatalogErrorKind.Contradiction, depth.KeyAt, "\"depth\" and \"above\" say the same", "one of them");
        var levels = (int?)depth?.Integer(0, BrokerSettings.MaxDelegationDepth) ?? 0;
        if (above is null) return workload is null ? [] : [.. Enumerable.Repeat(workload.SpiffeId, levels)];
        var names = catalog.Workloads.Values.ToDictionary(one => one.Name.ToString(), one => one.SpiffeId, StringComparer.Ordinal);
        return [.. above.Items("a workload", BrokerSettings.MaxDelegationDepth).Select(item => item.Known("the catalog has no workload", names)).OfType<SpiffeId>()];
    }

    private Envelope? EnvelopeOf(Field? field)
    {
        if (field is null) return null;
        var capabilities = new List<Capability>();
        foreach (var item in field.Items("a capability", Envelope.MaxCapabilities))
        {
            if (item.Fields("tool", "action", "resource", "parameters") is { } keys
                && new CapabilityFields(catalog).Read(keys.Must("tool"), keys.Must("action"), keys.Must("resource"), keys.May("parameters")) is { } one)
            {
                if (capabilities.Contains(one)) item.Report(CatalogErrorKind.DuplicateName, "the capability is already given");
                else capabilities.Add(one);
            }
        }

        return Envelope.TryCreate(capabilities, out var envelope) ? envelope : null;
    }

    private (ImmutableArray<string> Labels, GrantCounts Granted) History(LayeredFields task)
    {
        var history = task.Within("history", "data", "tools", "egress", "reads", "writes", "privileged", "by_tool");
        var tools = catalog.Tools.Keys.ToDictionary(tool => tool.ToString(), tool => tool, StringComparer.Ordinal);
        var byTool = ByTool(history.May("by_tool"), tools);
        var labels = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var item in history.May("data").ItemsIfAny("a class of data", 4))
            if (item.Data() is { } data) labels.Add(HistoryLabels.OfData(data));
        if (history.May("tools") is { } named)
            foreach (var item in named.ItemsIfAny("a tool", MostEntries))
                if (item.Known("the catalog has no tool", tools) is { } tool) labels.Add(HistoryLabels.OfTool(tool));
        // Of whatever a token was granted for, the history has the tool.
        foreach (var tool in byTool.Keys) labels.Add(HistoryLabels.OfTool(tools[tool]));
        if (history.May("egress")?.Bool() ?? false) labels.Add(HistoryLabels.Egress);
        return ([.. labels], new(Count(history, "reads"), Count(history, "writes"), Count(history, "privileged"), byTool));
    }

    private static ImmutableDictionary<string, int> ByTool(Field? field, Dictionary<string, ToolName> tools)
    {
        var counts = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var (name, one) in field?.Named("tool", MostEntries) ?? [])
        {
            if (!tools.ContainsKey(name))
                one.Errors.Add(CatalogErrorKind.Dangling, one.KeyAt, $"the catalog has no tool {Quoting.Quote(name)}", suggest: () => Nearest.To(name, tools.Keys));
            else if (one.Integer(1, MostTokens) is { } count)
                counts[name] = (int)count;
        }

        return counts.ToImmutable();
    }

    private static int Count(LayeredFields history, string key) => (int?)history.May(key)?.Integer(0, MostTokens) ?? 0;
}
