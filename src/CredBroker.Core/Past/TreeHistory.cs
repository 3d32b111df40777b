using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>What a tree was granted up to some moment. Immutable.</summary>
/// <param name="Labels">As the tree's root has them.</param>
/// <param name="Granted">How much.</param>
internal sealed record TreeHistory(ImmutableArray<string> Labels, GrantCounts Granted)
{
    internal static readonly TreeHistory None = new([], GrantCounts.None);

    /// <summary>With one more grant, of an action as a catalog has it.</summary>
    internal TreeHistory With(ActionRule rule) => With(rule, HistoryLabels.AddedBy(rule, Labels));

    /// <summary>With one more grant that added these labels.</summary>
    internal TreeHistory With(ActionRule rule, ImmutableArray<string> adds)
    {
        var tool = rule.Tool.ToString();
        return new(adds.IsEmpty ? Labels : [.. Labels, .. adds.Where(label => !Labels.Contains(label, StringComparer.Ordinal))], Granted with
        {
            Reads = Granted.Reads + (rule.Risk == RiskClass.Read ? 1 : 0),
            Writes = Granted.Writes + (rule.Risk == RiskClass.Write ? 1 : 0),
            Privileged = Granted.Privileged + (rule.Risk == RiskClass.Privileged ? 1 : 0),
            ByTool = Granted.ByTool.SetItem(tool, Granted.Of(tool) + 1),
        });
    }

    /// <summary>The texts behind a prefix, sorted.</summary>
    internal ImmutableArray<string> Behind(string prefix) =>
        [.. Labels.Where(label => label.StartsWith(prefix, StringComparison.Ordinal)).Select(label => label[prefix.Length..]).Order(StringComparer.Ordinal)];
}
