namespace CredBroker.Server.Ledger;

/// <summary>What a failed batch calls for.</summary>
internal enum FailureKind
{
    /// <summary>Something is wrong in our code or our schema: every ask of the batch fails with it.</summary>
    Bug = 0,

    /// <summary>One ask holds something that the database refuses: find it, and let the others pass.</summary>
    BadData = 1,

    /// <summary>Rolled back whole because a lock was not to be had.</summary>
    Contended = 2,

    /// <summary>The outcome is unknown: the connection is gone, or the commit may not be durable. Ask again with the same ids.</summary>
    Away = 3,
}
