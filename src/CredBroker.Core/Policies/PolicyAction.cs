using System.Collections.Frozen;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Values;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Policies;

/// <summary>An action of a tool as policies see it. Made once for each catalog; immutable.</summary>
/// <param name="Rule">What the catalog says of it.</param>
/// <param name="Uid">Its name.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Entities">The tool, as this action has it; below it, all actions and their groups.</param>
/// <param name="Exact">What has to be given exactly, and to whom that matters.</param>
internal sealed record PolicyAction(ActionRule Rule, EntityUid Uid, EntityUid Tool, EntityStore Entities, FrozenDictionary<EntityUid, string[]> Exact)
{
    /// <summary>The key of <see cref="Exact"/> for what matters to every principal.</summary>
    internal static readonly EntityUid Anybody = new(PolicyNames.Class, "");

    /// <summary>
    /// The resource path, or a parameter, that the capability leaves open although a policy asks whether it is there, or uses it together
    /// with others; null when there is none. For such a policy nothing can stand in for "any": it would take it for absent.
    /// </summary>
    internal string? LeftOpen(PolicyPrincipal principal, PolicyQuestion asked)
    {
        // A call leaves nothing open: what it does not name is absent.
        if (Exact.Count == 0 || asked.Phase == PolicyPhase.Authorize) return null;
        return LeftOpen(Anybody, asked) ?? LeftOpen(principal.Class, asked) ?? LeftOpen(principal.Uid, asked);
    }

    private string? LeftOpen(EntityUid whom, PolicyQuestion asked)
    {
        if (!Exact.TryGetValue(whom, out var names)) return null;
        foreach (var name in names)
            if (!IsGiven(name, asked)) return name;
        return null;
    }

    private static bool IsGiven(string name, PolicyQuestion asked)
    {
        if (name.Length == 0) return asked.GivesPath;
        foreach (var (parameter, constraint) in asked.Capability.Parameters)
            if (parameter.ToString() == name) return PolicyContext.ValueOf(constraint) is not null;
        return false;
    }
}
