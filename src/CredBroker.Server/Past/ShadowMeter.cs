using System.Diagnostics.Metrics;
using CredBroker.Core.Past;

namespace CredBroker.Server.Past;

/// <summary>What is measured of the candidate, by the replica that follows the record for it.</summary>
internal sealed class ShadowMeter : IDisposable
{
    private readonly Meter _meter = new("CredBroker.Past");
    private readonly Counter<long> _decisions;

    /// <summary>Makes the instruments.</summary>
    public ShadowMeter() => _decisions = _meter.CreateCounter<long>(
        "credbroker.shadow.decisions", "{decision}", "Decisions put to the candidate, by what came of it: unchanged, changed, untold.");

    /// <summary>Decisions were counted: the difference between two counts.</summary>
    public void Counted(ReplayTotals before, ReplayTotals after)
    {
        Add("unchanged", after.Unchanged - before.Unchanged);
        Add("changed", after.Changed.Sum(one => one.Count) - before.Changed.Sum(one => one.Count));
        Add("untold", after.Untold.Sum(one => one.Count) - before.Untold.Sum(one => one.Count));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Add(string what, long count)
    {
        if (count > 0) _decisions.Add(count, new KeyValuePair<string, object?>("credbroker.shadow.result", what));
    }
}
