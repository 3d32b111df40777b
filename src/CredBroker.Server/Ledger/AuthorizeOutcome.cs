using CredBroker.Core;

namespace CredBroker.Server.Ledger;

/// <summary>What became of a use. All but <see cref="Allowed"/> changed nothing. Numbers are those of the statement.</summary>
internal enum AuthorizeOutcome
{
    /// <summary>The use is taken, and its audit entry is committed.</summary>
    Allowed = 0,

    /// <summary>The token does not exist, was revoked, has expired, or a key that signed it is not published. Final.</summary>
    TokenOver = 1,

    /// <summary>Its task or one above it is not live by the database's clock. Final.</summary>
    TaskOver = 2,

    /// <summary>The tree's history has grown since the decision: decide again.</summary>
    HistoryChanged = 3,

    /// <summary>Another catalog has been applied since the decision: decide again.</summary>
    CatalogChanged = 4,

    /// <summary>The same request took this use before: the answer is the first one's. The token and its task still live.</summary>
    Duplicate = 5,

    /// <summary>The request id took a use of this token before, for another call. Final.</summary>
    OtherContent = 7,

    /// <summary>The token has been used as often as it may. Final.</summary>
    UsesSpent = 8,
}

/// <summary>What became of a use, and what was said of it.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Decision">With <see cref="AuthorizeOutcome.Duplicate"/>: the decision that took the use.</param>
/// <param name="Obligations">With <see cref="AuthorizeOutcome.Duplicate"/>: those of that decision.</param>
internal readonly record struct AuthorizeAnswer(AuthorizeOutcome Outcome, DecisionId Decision, IReadOnlyList<string> Obligations);
