using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// The catalog's word on a capability, asked when a task starts and again at every mint: whatever the catalog does not name is denied.
/// </summary>
public static class CatalogAuthority
{
    /// <summary>True when the catalog allows it.</summary>
    /// <param name="found">What the catalog has for the tool and the action.</param>
    /// <param name="allowed">What it allows the workload; null when it has no such workload.</param>
    /// <param name="asked">The capability.</param>
    /// <param name="rule">The rule of the action, when the answer is true.</param>
    /// <param name="against">The first reason against it, when the answer is false.</param>
    /// <exception cref="UnreachableException">The rule found is of another action: a bug of the one who looked.</exception>
    public static bool Allows(
        FoundRule found,
        AllowList? allowed,
        Capability asked,
        [NotNullWhen(true)] out ActionRule? rule,
        [NotNullWhen(false)] out Reason? against)
    {
        rule = found.Rule;
        if (allowed is null) against = Reason.UnknownWorkload;
        else if (!found.ToolKnown) against = Reason.UnknownTool;
        else if (rule is null) against = Reason.UnknownAction;
        else against = RefuseParameters(rule, asked) ?? RefuseCoverage(allowed.Cover(asked));
        return rule is not null && against is null;
    }

    private static Reason? RefuseParameters(ActionRule rule, Capability asked)
    {
        if (rule.Tool != asked.Tool || rule.Action != asked.Action) throw new UnreachableException("The rule is of another action.");
        foreach (var (name, constraint) in asked.Parameters)
        {
            if (!rule.Parameters.TryGetValue(name, out var type)) return Reason.UnknownParameter;
            if (type != constraint.Type) return Reason.ParameterMistyped;
        }

        return null;
    }

    private static Reason? RefuseCoverage(Coverage coverage) => coverage switch
    {
        Coverage.Covered => null,
        Coverage.OtherAction => Reason.ActionNotAllowed,
        Coverage.OtherResource => Reason.ResourceNotAllowed,
        Coverage.OtherParameters => Reason.ParameterNotAllowed,
        _ => throw new UnreachableException(),
    };
}
