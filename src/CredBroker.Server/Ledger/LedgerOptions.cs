using System.ComponentModel.DataAnnotations;

namespace CredBroker.Server.Ledger;

/// <summary>How the ledger uses the database.</summary>
internal sealed class LedgerOptions
{
    /// <summary>
    /// Loops that commit mints, and as many that commit uses, each with a connection of its own, 1 to 8. More than two gained nothing on
    /// two cores; with a slow disk two beat one by a fifth. A second one halves the batches, and each has its fixed cost (decision 3).
    /// </summary>
    [Range(1, 8)]
    public int WriterLoops { get; set; } = 2;

    /// <summary>The most asks in one round trip, 1 to 1,024. Smaller than a quarter of the callers costs a third of the rate.</summary>
    [Range(1, 1024)]
    public int BatchLimit { get; set; } = 256;

    /// <summary>The most asks that wait in one queue, 1 to 1,000,000; one more is refused at once.</summary>
    [Range(1, 1_000_000)]
    public int QueueLimit { get; set; } = 10_000;

    /// <summary>How long an ask is sent again while the database is away or its rows are locked, 0 to 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the patient loop waits for a row that somebody else holds before it lets the asks for other rows pass, 10 ms to 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMilliseconds(250);
}
