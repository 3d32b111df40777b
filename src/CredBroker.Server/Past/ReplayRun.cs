using CredBroker.Core.Catalog;
using CredBroker.Core.Past;

using CredBroker.V1;
using ReplayTotals = CredBroker.Core.Past.ReplayTotals;

namespace CredBroker.Server.Past;

/// <summary>A replay on its way: takes the record row by row, counts everything, and keeps what is to be told until it is taken.</summary>
internal sealed class ReplayRun(CatalogSnapshot candidate, PastCatalogs catalogs, ReplayTotals totals, int mostChanges)
{
    private const string Unreadable = "an entry of the record that this program does not read";

    private readonly Replaying _replaying = new(candidate);
    private List<ChangedDecision> _found = [];
    private int _left = mostChanges;

    /// <summary>All that was counted.</summary>
    public ReplayTotals Totals => totals;

    /// <summary>The last decision that was counted.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>True when no decision waits for one that has not come yet.</summary>
    public bool IsSettled => _replaying.IsSettled;

    /// <summary>The next row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="judges">Whether an entry of that moment is asked about; others are only followed.</param>
    /// <param name="ct">Gives up.</param>
    public async ValueTask TakeAsync(PastRow row, Func<DateTimeOffset, bool> judges, CancellationToken ct)
    {
        if (PastEntryReader.Read(row.Kind, row.Payload) is not { } entry)
        {
            if (PastEntryReader.Decides(row.Kind) && judges(PastRecord.MomentOf(row.Id))) Count(new Replayed.Untold(Unreadable));
            return;
        }

        await catalogs.TeachAsync(_replaying, entry, ct);
        var judge = judges(entry.At);
        if (judge && entry.Decision is not null && !(entry.At <= Until)) Until = entry.At;
        _replaying.Feed(entry, judge, Count);
    }

    /// <summary>The record's time has come to a moment, although nothing was recorded.</summary>
    public void Reach(DateTimeOffset now) => _replaying.Reach(now, Count);

    /// <summary>Nothing comes any more.</summary>
    public void Finish() => _replaying.Finish(Count);

    /// <summary>What was found since the last time.</summary>
    public IReadOnlyList<ChangedDecision> TakeFound()
    {
        var found = _found;
        _found = [];
        return found;
    }

    private void Count(Replayed replayed)
    {
        totals.Add(replayed);
        if (replayed is not Replayed.Changed changed || _left == 0) return;
        _left--;
        _found.Add(ReplayMessages.Of(changed));
    }
}
