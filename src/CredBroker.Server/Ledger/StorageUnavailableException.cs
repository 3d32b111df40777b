namespace CredBroker.Server.Ledger;

/// <summary>
/// The database could not be reached, or would not make the commit durable, for as long as the ledger is patient. The outcome of what
/// was asked is unknown: asking again with the same ids is safe.
/// </summary>
internal sealed class StorageUnavailableException : Exception
{
    /// <inheritdoc/>
    public StorageUnavailableException() { }

    /// <inheritdoc/>
    public StorageUnavailableException(string message) : base(message) { }

    /// <inheritdoc/>
    public StorageUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
