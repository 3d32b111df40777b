using System.Globalization;
using System.Text;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Catalog;

/// <summary>One call in a world small enough to try every one.</summary>
internal sealed record Call(string Workload, string Tool, string Action, string Path, string? Value);

/// <summary>
/// A random valid catalog over a small world, written as YAML, with its own naive idea of what it allows: segment by segment and value by
/// value, without the containment rules of the product.
/// </summary>
internal sealed class RandomCatalog
{
    private static readonly string[] Workloads = ["w0", "w1"];
    private static readonly string[] Tools = ["t0", "t1"];
    private static readonly string[] Actions = ["a0", "a1", "a2"];
    private static readonly string[] Patterns = ["x", "y", "x/y", "x/*", "x/**", "*", "**", "x/y/**", "x/y/z"];
    private static readonly string[] Paths = ["x", "y", "x/y", "x/z", "x/y/z", "x/y/z/z", "z/y"];
    private static readonly string[] Values = ["u", "v", "w"];

    private readonly Mutations random;
    private readonly Dictionary<(string Tool, string Action), string[]?> bounds = [];
    private readonly List<Entry> entries = [];

    private RandomCatalog(Mutations random) => this.random = random;

    private sealed record Entry(string Workload, string Tool, string[] Actions, string Pattern, string[]? Values);

    /// <summary>Every call of the world.</summary>
    public static IEnumerable<Call> Calls() =>
        from workload in Workloads
        from tool in Tools
        from action in Actions
        from path in Paths
        from value in Values.Append(null)
        select new Call(workload, tool, action, path, value);

    public static RandomCatalog Make(Mutations random)
    {
        var catalog = new RandomCatalog(random);
        foreach (var tool in Tools)
        {
            foreach (var action in Actions)
                catalog.bounds[(tool, action)] = random.Next(2) == 0 ? null : catalog.Some(Values);
        }
        for (var left = random.Next(5); left > 0; left--)
            catalog.AddEntry();
        return catalog;
    }

    /// <summary>The same tools, with an allow-list a little different.</summary>
    public RandomCatalog Changed()
    {
        var changed = new RandomCatalog(random);
        foreach (var (key, bound) in bounds)
            changed.bounds[key] = bound;
        changed.entries.AddRange(entries.Where(_ => random.Next(4) != 0));
        for (var left = random.Next(3); left > 0; left--)
            changed.AddEntry();
        return changed;
    }

    public bool Allows(Call call) => entries.Exists(entry =>
        entry.Workload == call.Workload && entry.Tool == call.Tool && entry.Actions.Contains(call.Action)
        && Reaches(entry.Pattern.Split('/'), call.Path.Split('/'))
        && Among(entry.Values, call.Value) && Among(bounds[(call.Tool, call.Action)], call.Value));

    public CatalogSnapshot Read() => CatalogText.Valid(Yaml()).As(1);

    /// <summary>The product's answer to the same question.</summary>
    public static bool Allows(BrokerCatalog catalog, Call call)
    {
        Assert.True(SpiffeId.TryParse($"spiffe://example.test/{call.Workload}", out var id));
        Assert.True(ToolName.TryParse(call.Tool, out var tool) & ActionName.TryParse(call.Action, out var action));
        Assert.True(ResourcePath.TryParse(call.Path, out var path) & ParameterName.TryParse("p", out var p));
        ParameterBound[] parameters = call.Value is { } value && ParameterConstraint.StringSet.TryCreate([value], out var set) ? [new(p, set)] : [];
        Assert.True(Capability.TryCreate(tool, action, ResourcePattern.Of(path), parameters, out var asked));
        return CatalogAuthority.Allows(catalog.FindAction(tool, action), catalog.AllowedTo(id), asked, out _, out _);
    }

    private void AddEntry()
    {
        var tool = One(Tools);
        var actions = Some(Actions);
        // A constraint lies within the bound of every action of its entry, so it is one value that they share, or none.
        var shared = Values.Where(v => actions.All(a => Among(bounds[(tool, a)], v))).ToArray();
        var entry = new Entry(One(Workloads), tool, actions, One(Patterns), shared.Length == 0 || random.Next(2) == 0 ? null : Some(shared));
        var said = entries.Where(e => e.Workload == entry.Workload && e.Tool == tool && e.Pattern == entry.Pattern);
        if (!said.Any()) // the same words twice are refused
            entries.Add(entry);
    }

    private string Yaml()
    {
        var tools = new StringBuilder("tools:\n");
        foreach (var tool in Tools)
        {
            tools.Append(CultureInfo.InvariantCulture, $"  {tool}: {{audience: {tool}, data: public, egress: false, actions: {{");
            tools.AppendJoin(", ", Actions.Select(a => $"{a}: {{risk: read, parameters: {{p: {Bound(bounds[(tool, a)])}}}}}")).Append("}}\n");
        }
        var workloads = new StringBuilder("workloads:\n");
        foreach (var workload in Workloads)
        {
            workloads.Append(CultureInfo.InvariantCulture,
                $"  {workload}:\n    spiffe_id: spiffe://example.test/{workload}\n    owner: o\n    class: c\n    attest: [{{join_token: true}}]\n");
            var mine = entries.Where(e => e.Workload == workload).ToList();
            if (mine.Count > 0)
                workloads.Append("    allow:\n");
            foreach (var entry in mine)
            {
                workloads.Append(CultureInfo.InvariantCulture,
                    $"      - {{tool: {entry.Tool}, actions: [{string.Join(", ", entry.Actions)}], resource: \"{entry.Pattern}\"");
                workloads.Append(entry.Values is null ? "}\n" : $", parameters: {{p: {Bound(entry.Values)}}}}}\n");
            }
        }
        return CatalogText.Of(tools: tools.ToString(), workloads: workloads.ToString());
    }

    private static string Bound(string[]? values) => values is null ? "string" : $"{{one_of: [{string.Join(", ", values)}]}}";

    private static bool Among(string[]? values, string? value) => values is null || (value is not null && values.Contains(value));

    private static bool Reaches(string[] pattern, string[] path) => pattern[^1] switch
    {
        "**" => path.Length >= pattern.Length && path.Take(pattern.Length - 1).SequenceEqual(pattern.SkipLast(1)),
        "*" => path.Length == pattern.Length && path.SkipLast(1).SequenceEqual(pattern.SkipLast(1)),
        _ => path.SequenceEqual(pattern),
    };

    private T One<T>(T[] all) => all[random.Next(all.Length)];

    private T[] Some<T>(T[] all)
    {
        var some = all.Where(_ => random.Next(2) == 0).ToArray();
        return some.Length == 0 ? [One(all)] : some;
    }
}
