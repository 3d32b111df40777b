using System.Collections.Immutable;

namespace CredBroker.Core.Tasks;

/// <summary>How many tokens the tasks of one tree were granted, together.</summary>
/// <param name="Reads">For actions of risk read.</param>
/// <param name="Writes">For actions of risk write.</param>
/// <param name="Privileged">For privileged actions.</param>
/// <param name="ByTool">By the tool's name; a tool that is not there was granted none.</param>
public sealed record GrantCounts(int Reads, int Writes, int Privileged, ImmutableDictionary<string, int> ByTool)
{
    /// <summary>Nothing was granted yet.</summary>
    public static GrantCounts None { get; } = new(0, 0, 0, ImmutableDictionary<string, int>.Empty);

    /// <summary>How many for a tool.</summary>
    public int Of(string tool) => ByTool.GetValueOrDefault(tool);
}
