using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>Differences of an allow-list: action by action, told as a change where one entry became another.</summary>
internal static class AllowDiff
{
    internal static void Add(DifferenceList found, string label, AllowList old, AllowList @new)
    {
        var lost = old.Capabilities.Except(@new.Capabilities).ToLookup(ActionOf);
        var gained = @new.Capabilities.Except(old.Capabilities).ToLookup(ActionOf);
        foreach (var action in lost.Select(g => g.Key).Union(gained.Select(g => g.Key)).Order(StringComparer.Ordinal))
        {
            if (lost[action].ToList() is [var before] && gained[action].ToList() is [var after])
            {
                found.Add($"{label}: allows {Show(after)}, was {Show(before)}", EffectOf(before, after, old, @new));
                continue;
            }
            foreach (var capability in gained[action])
                found.Add($"{label}: allows {Show(capability)}", Gained(capability, old));
            foreach (var capability in lost[action])
                found.Add($"{label}: no longer allows {Show(capability)}", Lost(capability, @new));
        }
    }

    /// <summary>More, less, or neither: other entries of the lists may already have allowed it.</summary>
    private static DifferenceEffect EffectOf(Capability before, Capability after, AllowList old, AllowList @new)
    {
        var gains = Gained(after, old);
        var loses = Lost(before, @new);
        return gains == DifferenceEffect.Changes ? loses : loses == DifferenceEffect.Changes ? gains : DifferenceEffect.Changes;
    }

    private static DifferenceEffect Gained(Capability capability, AllowList old) =>
        old.Cover(capability) == Coverage.Covered ? DifferenceEffect.Changes : DifferenceEffect.Widens;

    private static DifferenceEffect Lost(Capability capability, AllowList @new) =>
        @new.Cover(capability) == Coverage.Covered ? DifferenceEffect.Changes : DifferenceEffect.Narrows;

    private static string ActionOf(Capability capability) => $"{capability.Tool}.{capability.Action}";

    private static string Show(Capability capability)
    {
        var where = capability.Parameters.IsEmpty
            ? ""
            : " where " + Words.And(capability.Parameters.Select(p => $"{p.Name} is {ConstraintWords.Of(p.Constraint)}"));
        return $"{ActionOf(capability)} on {capability.Resource}{where}";
    }
}
