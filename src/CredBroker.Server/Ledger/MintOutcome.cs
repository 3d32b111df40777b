namespace CredBroker.Server.Ledger;

/// <summary>What became of a mint. All but <see cref="Minted"/> changed nothing. Numbers are those of the statement.</summary>
internal enum MintOutcome
{
    /// <summary>The token and its audit entry are committed.</summary>
    Minted = 0,

    /// <summary>The task or one above it is not live by the database's clock, or does not exist. Final.</summary>
    TaskOver = 1,

    /// <summary>The tree's history has grown since the decision: decide again.</summary>
    HistoryChanged = 2,

    /// <summary>Another catalog has been applied since the decision: decide again.</summary>
    CatalogChanged = 3,

    /// <summary>The task has minted as many tokens as it may. Final.</summary>
    BudgetSpent = 4,

    /// <summary>Another ask minted this token before: read it, and compare the digest of the request.</summary>
    Duplicate = 5,

    /// <summary>The key that the token is signed with has been revoked since the decision: decide again, and sign with another.</summary>
    KeyRevoked = 7,
}
