using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>
/// What the workloads above a task have to say of a capability. They lend nothing: the task's own workload needs the catalog's word all
/// the same. But what the catalog takes from one of them, it takes from all that is done on its behalf (decision 18).
/// </summary>
internal static class Chain
{
    /// <summary>Why the capability is refused because of a workload above, or null.</summary>
    /// <param name="above">The workloads above, root first.</param>
    /// <param name="allowed">What the catalog allows each of them; null: it no longer has the workload.</param>
    /// <param name="asked">The capability.</param>
    public static Refusal? Refuse(ImmutableArray<SpiffeId> above, ImmutableArray<AllowList?> allowed, Capability asked)
    {
        if (above.Length != allowed.Length) throw new UnreachableException("An allow-list for each workload above.");
        for (var i = 0; i < above.Length; i++)
        {
            if (allowed[i] is not { } list) return new(Reason.NotAllowedAbove, Detail: $"the catalog has no {above[i]}");
            if (list.Cover(asked) != Coverage.Covered) return new(Reason.NotAllowedAbove, Detail: $"{above[i]} is not allowed it");
        }

        return null;
    }
}
