using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Tokens;

/// <summary>
/// What a task tree has touched, as labels that only ever grow: <c>data:confidential</c>, <c>tool:mail</c>, <c>risk:write</c>,
/// <c>egress</c>. Policies read them.
/// </summary>
public static class HistoryLabels
{
    /// <summary>Something was granted that can carry data out.</summary>
    public const string Egress = "egress";

    internal const string DataPrefix = "data:";
    internal const string ToolPrefix = "tool:";

    /// <summary>The labels that a grant of this action adds to a history; empty, as mostly, when they are all there already.</summary>
    public static ImmutableArray<string> AddedBy(ActionRule rule, ImmutableArray<string> history)
    {
        string[] labels = rule.Egress
            ? [OfData(rule.Data), OfTool(rule.Tool), OfRisk(rule.Risk), Egress]
            : [OfData(rule.Data), OfTool(rule.Tool), OfRisk(rule.Risk)];
        var added = 0;
        foreach (var label in labels)
        {
            if (!history.Contains(label, StringComparer.Ordinal)) labels[added++] = label;
        }

        return added == 0 ? [] : [.. labels.AsSpan(0, added)];
    }

    /// <summary>The label of a tool.</summary>
    public static string OfTool(ToolName tool) => $"{ToolPrefix}{tool}";

    /// <summary>The label of a class of data.</summary>
    public static string OfData(DataClass data) => data switch
    {
        DataClass.Public => "data:public",
        DataClass.Internal => "data:internal",
        DataClass.Confidential => "data:confidential",
        DataClass.Secret => "data:secret",
        _ => throw new UnreachableException(),
    };

    /// <summary>The label of a class of risk.</summary>
    public static string OfRisk(RiskClass risk) => risk switch
    {
        RiskClass.Read => "risk:read",
        RiskClass.Write => "risk:write",
        RiskClass.Privileged => "risk:privileged",
        _ => throw new UnreachableException(),
    };
}
