namespace CredBroker.Server.Storage;

/// <summary>The numbers of our advisory locks: one list, so that no two uses meet by accident.</summary>
internal static class AdvisoryLocks
{
    /// <summary>Held while the schema is brought up to date.</summary>
    public const int Migrations = 7000;

    /// <summary>Shared by every mint, exclusive to whoever replaces the catalog; taken before the snapshot that reads the head.</summary>
    public const int CatalogHead = 7001;

    /// <summary>Held while partitions are made: milliseconds.</summary>
    public const int PartitionsMade = 7002;

    /// <summary>Held while partitions are dropped, which may wait long for readers: tried, never waited for.</summary>
    public const int PartitionsDropped = 7003;

    /// <summary>Held for as long as it lives by the one replica that judges by the candidate: tried, never waited for.</summary>
    public const int Shadow = 7004;
}
