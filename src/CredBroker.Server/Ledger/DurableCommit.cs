using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Commits that a standby must have seen, where one is required.</summary>
internal static class DurableCommit
{
    /// <summary>
    /// True for the warning that a wait for synchronous replication was cancelled. PostgreSQL answers success all the same, and the commit
    /// is on the primary only. Its text is in the server's language, and its code says "warning"; the name of the routine is exact.
    /// </summary>
    public static bool IsNotReplicated(PostgresNotice notice) => notice.Routine == "SyncRepWaitForLSN";

    /// <summary>Commits, and does not take a cancelled wait for the standby for success. Not cancellable: a commit has an outcome.</summary>
    /// <exception cref="StorageUnavailableException">The commit is on the primary only.</exception>
    public static async Task CommitDurablyAsync(this NpgsqlTransaction transaction)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction is over.");
        var replicated = true;
        void OnNotice(object sender, NpgsqlNoticeEventArgs e) => replicated &= !IsNotReplicated(e.Notice);
        connection.Notice += OnNotice;
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        if (!replicated) throw new StorageUnavailableException("The wait for the standby was cancelled: the commit is on the primary only.");
    }
}
