using System.Collections.Immutable;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Authorization;

/// <summary>
/// A decision, and all that led to it. Can be used for one decision after another, which then allocates nothing; not safe to share
/// between threads.
/// </summary>
public sealed class AuthorizationResult
{
    private readonly List<CompiledPolicy> _permits = [];
    private readonly List<CompiledPolicy> _forbids = [];
    private readonly List<(CompiledPolicy Policy, Failure Failure)> _failures = [];

    // Policies with lists of actions that were decided.
    private readonly HashSet<CompiledPolicy> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>The answer.</summary>
    public Decision Decision => _permits.Count > 0 && _forbids.Count == 0 ? Decision.Allow : Decision.Deny;

    /// <summary>How many policies decided.</summary>
    public int ReasonCount => Deciding.Count;

    /// <summary>How many policies failed and were ignored.</summary>
    public int ErrorCount => _failures.Count;

    /// <summary>
    /// All policies that decided: the permits that apply, when the answer is yes; the forbids that apply, when it is no, of which there
    /// may be none.
    /// </summary>
    public ImmutableArray<PolicyId> Reasons => [.. Deciding.Select(policy => policy.Id)];

    /// <summary>All policies that failed, each with the reason. They decide nothing: a forbid that fails does not forbid.</summary>
    public ImmutableArray<PolicyError> Errors => [.. _failures.Select(failed => Describe(failed.Policy, failed.Failure))];

    private List<CompiledPolicy> Deciding => Decision == Decision.Allow ? _permits : _forbids;

    /// <summary>Id and content of a policy that decided: of a link, its template's with the slots filled.</summary>
    /// <param name="index">From 0, less than <see cref="ReasonCount"/>.</param>
    public (PolicyId Id, CedarPolicy Policy) ReasonAt(int index) => (Deciding[index].Id, Deciding[index].Policy);

    /// <summary>Id and content of a policy that failed: of a link, its template's with the slots filled.</summary>
    /// <param name="index">From 0, less than <see cref="ErrorCount"/>.</param>
    public (PolicyId Id, CedarPolicy Policy) FailedAt(int index) => (_failures[index].Policy.Id, _failures[index].Policy.Policy);

    internal void Clear()
    {
        _permits.Clear();
        _forbids.Clear();
        _failures.Clear();
        _seen.Clear();
    }

    /// <summary>False for a policy that was asked for before.</summary>
    internal bool IsFirst(CompiledPolicy policy) => _seen.Add(policy);

    internal void Add(CompiledPolicy policy) => (policy.IsForbid ? _forbids : _permits).Add(policy);

    internal void Add(CompiledPolicy policy, Failure failure) => _failures.Add((policy, failure));

    private static PolicyError Describe(CompiledPolicy policy, Failure failure) => new(
        policy.Id, failure.Kind, failure.Message,
        failure.Span.IsNone ? null : policy.Policy.Source?.Locate(failure.Span.Start));
}
