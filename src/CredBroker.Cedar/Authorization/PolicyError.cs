using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Authorization;

/// <summary>Why a policy was ignored for a decision: its condition had no value.</summary>
/// <param name="Policy">The policy, or the link.</param>
/// <param name="Kind">Why, for programs.</param>
/// <param name="Message">Why, in words.</param>
/// <param name="At">The expression that failed; null when the policy was not read from a text.</param>
public sealed record PolicyError(PolicyId Policy, EvaluationErrorKind Kind, string Message, SourceLocation? At)
{
    /// <summary>One line: <c>policy0: file:line:column: why</c>.</summary>
    public override string ToString() => At is { } at ? $"{Policy}: {at}: {Message}" : $"{Policy}: {Message}";
}
