using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Past;

/// <summary>Capabilities as sentences name them.</summary>
internal static class CapabilityWords
{
    private const int MostShown = 8;

    /// <summary><c>tickets.read on acme/** (state one of "open")</c></summary>
    internal static string Of(Capability capability) => capability.Parameters.IsEmpty
        ? $"{capability.Tool}.{capability.Action} on {capability.Resource}"
        : $"{capability.Tool}.{capability.Action} on {capability.Resource} ({string.Join(", ", capability.Parameters.Select(bound => $"{bound.Name} {ConstraintWords.Of(bound.Constraint)}"))})";

    /// <summary>What of a list is about the same action; of long lists only a part.</summary>
    internal static string Of(IEnumerable<Capability> list, Capability asked)
    {
        var same = list.Where(one => one.Tool == asked.Tool && one.Action == asked.Action).Select(Of).ToList();
        return same.Count switch
        {
            0 => $"nothing of {asked.Tool}.{asked.Action}",
            <= MostShown => string.Join("; ", same),
            _ => $"{string.Join("; ", same.Take(MostShown))}; and {same.Count - MostShown} more",
        };
    }
}
