using CredBroker.Core.Policies;

namespace CredBroker.Core.Tokens;

/// <summary>Whether a call may be made with a token. Closed: <see cref="Allowed"/>, <see cref="Denied"/>.</summary>
public abstract record AuthorizeDecision
{
    private AuthorizeDecision()
    {
    }

    /// <summary>It may, once the use is recorded.</summary>
    /// <param name="Use">What may be recorded and answered.</param>
    public sealed record Allowed(ApprovedUse Use) : AuthorizeDecision;

    /// <summary>It may not.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Denied(Refusal Refusal) : AuthorizeDecision
    {
        /// <summary>What the policies said, when it was they who denied; null: it did not come so far.</summary>
        public PolicyDecision? Policy { get; init; }
    }
}
