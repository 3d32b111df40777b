using System.Collections.Frozen;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies;

/// <summary>Policies over actions and workloads of a test. Text that is not valid is a mistake of the test.</summary>
internal static class Policed
{
    public const string Unprivileged = """permit (principal, action in [Action::"read", Action::"write", Action::"egress"], resource);""";

    public static FrozenDictionary<SpiffeId, Workload> Workloads { get; } = new[] { WorkloadOf(Facts.Triage, "agent"), WorkloadOf(Facts.Other, "batch") }
        .ToFrozenDictionary(workload => workload.SpiffeId);

    public static FrozenDictionary<CatalogName, ApproverGroup> Groups { get; } = new[] { GroupOf("sre", "ada", "bob"), GroupOf("security", "eve"), GroupOf("owners", "ada") }
        .ToFrozenDictionary(group => group.Name);

    /// <summary>The text's policies, over these actions.</summary>
    public static CatalogPolicies By(string text, params ActionRule[] rules)
    {
        var policies = Read(text, out var problems, rules);
        var errors = problems.Where(problem => !problem.IsWarning).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        return policies;
    }

    /// <summary>What is not privileged, for workloads of which the other tests know nothing.</summary>
    public static CatalogPolicies For(ActionRule rule, params SpiffeId[] workloads)
    {
        var known = workloads.Select((id, i) => WorkloadOf(id, "agent") with { Name = Name($"w{i}") }).ToFrozenDictionary(workload => workload.SpiffeId);
        return new PolicyReader(ToolsOf(rule), known, Groups, new()).Read([PolicyFile.Read("p.cedar", Unprivileged, new())]);
    }

    /// <summary>The text's policies as far as they are any, with everything that is wrong with them.</summary>
    public static CatalogPolicies Read(string text, out IReadOnlyList<CatalogError> problems, params ActionRule[] rules)
    {
        var errors = new CatalogErrors();
        var file = PolicyFile.Read("p.cedar", text, errors);
        var policies = errors.Count > 0 ? CatalogPolicies.None : new PolicyReader(ToolsOf(rules), Workloads, Groups, errors).Read([file]);
        problems = errors.InReadingOrder();
        return policies;
    }

    public static FrozenDictionary<ToolName, Tool> ToolsOf(params ActionRule[] rules) => rules.GroupBy(rule => rule.Tool).ToFrozenDictionary(tool => tool.Key, tool => new Tool
    {
        Name = tool.Key, Audience = tool.First().Audience, Data = tool.First().Data, Egress = tool.First().Egress, BearerAllowed = false,
        Actions = tool.ToFrozenDictionary(rule => rule.Action, ActionOf),
    });

    public static CatalogName Name(string text) => CatalogName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    public static FrozenDictionary<ParameterName, ParameterType> Typed(params (string Name, ParameterType Type)[] parameters) =>
        parameters.ToFrozenDictionary(parameter => Capabilities.Make.Parameter(parameter.Name), parameter => parameter.Type);

    // Parameters whose names begin with "must" are bounded in the catalog: every request names them.
    private static ToolAction ActionOf(ActionRule rule) => new()
    {
        Rule = rule, Resources = [],
        Bounds = rule.Parameters.Where(parameter => parameter.Key.ToString().StartsWith("must", StringComparison.Ordinal))
            .ToFrozenDictionary(parameter => parameter.Key, parameter => Capabilities.Make.Is(true)),
    };

    private static Workload WorkloadOf(SpiffeId id, string kind) => new()
    {
        Name = CatalogName.TryParse(id.Path[(id.Path.LastIndexOf('/') + 1)..], out var name) ? name : default, SpiffeId = id, Owner = "team-support", Class = Name(kind), Attest = [],
        Allow = AllowList.Nothing, Serves = FrozenSet<string>.Empty, Limits = WorkloadLimits.Default,
    };

    private static ApproverGroup GroupOf(string name, params string[] members) => new(Name(name), [.. members.Select(Name)]);
}
