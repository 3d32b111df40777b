namespace CredBroker.Server.Ledger;

/// <summary>More asks wait for the database than the ledger keeps. Nothing was done.</summary>
internal sealed class LedgerOverloadedException : Exception
{
    /// <inheritdoc/>
    public LedgerOverloadedException() { }

    /// <inheritdoc/>
    public LedgerOverloadedException(string message) : base(message) { }

    /// <inheritdoc/>
    public LedgerOverloadedException(string message, Exception? innerException) : base(message, innerException) { }
}
