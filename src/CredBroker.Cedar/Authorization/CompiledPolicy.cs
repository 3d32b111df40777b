using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Authorization;

/// <summary>A policy or a link, ready to be decided by.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Policy">What it says; of a link, with the slots filled.</param>
/// <param name="Condition">Its conditions as one; null when it has none. Links of one template share it.</param>
internal sealed record CompiledPolicy(PolicyId Id, CedarPolicy Policy, Code? Condition)
{
    internal bool IsForbid { get; } = Policy.Effect == Effect.Forbid;

    /// <summary>True when its scope has a list of actions.</summary>
    internal bool HasActions { get; } = Policy.Action is ActionConstraint.InSet;
}
