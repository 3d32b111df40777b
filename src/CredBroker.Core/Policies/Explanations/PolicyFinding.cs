using System.Collections.Immutable;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>One policy, as far as it matters to a judgement.</summary>
/// <param name="Policy">What the record calls it.</param>
/// <param name="At">Where it is written; null: it was not read from a file.</param>
/// <param name="Forbids">True for a forbid, false for a permit.</param>
/// <param name="State">Whether it applied.</param>
/// <param name="Conditions">
/// Its conditions, taken apart at the top: of one that applied all, which are met; of one that did not, those that are not.
/// </param>
public sealed record PolicyFinding(string Policy, SourcePosition? At, bool Forbids, PolicyState State, ImmutableArray<ConditionFinding> Conditions);

/// <summary>What becomes of a policy whose scope fits the question.</summary>
public enum PolicyState
{
    /// <summary>All its conditions are met.</summary>
    Applied = 1,

    /// <summary>Some condition is not met.</summary>
    Unmet = 2,

    /// <summary>A condition could not be evaluated. A forbid denies then.</summary>
    Failed = 3,
}

/// <summary>One condition of a policy.</summary>
/// <param name="Text">The condition, as policies are written.</param>
/// <param name="IsUnless">True when the policy applies only where it does not hold.</param>
/// <param name="State">Whether it is met.</param>
/// <param name="Facts">What it looks at, with what that is.</param>
public sealed record ConditionFinding(string Text, bool IsUnless, PolicyState State, ImmutableArray<FactValue> Facts);

/// <summary>A fact and what it is.</summary>
/// <param name="Fact">What policies call it.</param>
/// <param name="Value">What it is, as policies are written; null: the question leaves it open, or it is absent.</param>
public sealed record FactValue(string Fact, string? Value);
