using System.Collections.Immutable;

namespace CredBroker.Core.Policies;

/// <summary>What the policies said, once.</summary>
/// <param name="Approved">Whether an approver's yes was given, or supposed.</param>
/// <param name="Allows">What follows from it, by the broker's rule: a forbid that fails denies.</param>
/// <param name="Deciding">Ids of the policies that decided, in their order: permits when it allows, else forbids, of which there may be none.</param>
/// <param name="Errors">Policies that failed, each with where and why.</param>
public sealed record PolicyEvaluation(bool Approved, bool Allows, ImmutableArray<string> Deciding, ImmutableArray<string> Errors);
