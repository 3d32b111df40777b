using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

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

    /// <summary>What the database counts a grant under: <c>mail:write</c>. The risk is the one that the action had then.</summary>
    public static string KeyOf(ActionRule rule) => rule.Risk switch
    {
        RiskClass.Read => $"{rule.Tool}:read",
        RiskClass.Write => $"{rule.Tool}:write",
        _ => $"{rule.Tool}:privileged",
    };

    /// <summary>Reads what the database has: an object of counts by <see cref="KeyOf"/>.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out GrantCounts? counts)
    {
        counts = json == "{}" ? None : null;
        if (counts is not null) return true;
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(json), out var root) is not null || root.ValueKind != JsonValueKind.Object) return false;
        var (reads, writes, privileged, byTool) = (0, 0, 0, ImmutableDictionary.CreateBuilder<string, int>());
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name.LastIndexOf(':') is var colon && colon < 1 || member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out var count)) return false;
            switch (member.Name[(colon + 1)..])
            {
                case "read": reads += count; break;
                case "write": writes += count; break;
                case "privileged": privileged += count; break;
                default: return false;
            }

            var tool = member.Name[..colon];
            byTool[tool] = byTool.GetValueOrDefault(tool) + count;
        }

        counts = new(reads, writes, privileged, byTool.ToImmutable());
        return true;
    }
}
