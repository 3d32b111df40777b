using CredBroker.Core.Policies;

namespace CredBroker.Core.Tasks;

/// <summary>Whether a task may start. Closed: <see cref="Approved"/>, <see cref="Denied"/>.</summary>
public abstract record StartDecision
{
    private StartDecision()
    {
    }

    /// <summary>It may.</summary>
    /// <param name="Task">The task to record.</param>
    public sealed record Approved(ApprovedTask Task) : StartDecision;

    /// <summary>It may not, or what was asked is malformed.</summary>
    /// <param name="Refusal">Why; its field names the capability for denials of authority.</param>
    public sealed record Denied(Refusal Refusal) : StartDecision
    {
        /// <summary>What the policies said, when it was they who denied; null: it did not come so far.</summary>
        public PolicyDecision? Policy { get; init; }
    }
}
