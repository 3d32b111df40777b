using CredBroker.Core.Policies;

namespace CredBroker.Core.Past;

/// <summary>A way in which decisions come out otherwise.</summary>
/// <param name="Phase">When they were made.</param>
/// <param name="Was">How they came out.</param>
/// <param name="WouldBe">How they would. The same where only the terms would be others.</param>
public readonly record struct DecisionChange(PolicyPhase Phase, DecisionOutcome Was, DecisionOutcome WouldBe);

/// <summary>How many decisions came out how: all are counted, however few are listed.</summary>
public sealed class ReplayTotals
{
    private readonly Dictionary<DecisionChange, long> _changed = [];
    private readonly Dictionary<string, long> _untold = new(StringComparer.Ordinal);

    /// <summary>Decisions that were looked at.</summary>
    public long Decisions { get; private set; }

    /// <summary>Those that would come out the same.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Those that would not, by how, in a fixed order.</summary>
    public IEnumerable<(DecisionChange Change, long Count)> Changed =>
        _changed.OrderBy(one => one.Key.Phase).ThenBy(one => one.Key.Was).ThenBy(one => one.Key.WouldBe).Select(one => (one.Key, one.Value));

    /// <summary>Those of which it cannot be told, by what is not on record, in a fixed order.</summary>
    public IEnumerable<(string Missing, long Count)> Untold => _untold.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value));

    /// <summary>Counts one decision.</summary>
    public void Add(Replayed replayed)
    {
        switch (replayed)
        {
            case Replayed.Unchanged:
                AddUnchanged(1);
                break;
            case Replayed.Changed(var decision, var would):
                AddChanged(new(decision.Phase, decision.Was.Outcome, would.Outcome), 1);
                break;
            case Replayed.Untold(var missing):
                AddUntold(missing, 1);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Counts decisions that would come out the same.</summary>
    public void AddUnchanged(long count)
    {
        Unchanged += count;
        Decisions += count;
    }

    /// <summary>Counts decisions that would not.</summary>
    public void AddChanged(DecisionChange change, long count)
    {
        _changed[change] = _changed.GetValueOrDefault(change) + count;
        Decisions += count;
    }

    /// <summary>Counts decisions of which it cannot be told.</summary>
    public void AddUntold(string missing, long count)
    {
        _untold[missing] = _untold.GetValueOrDefault(missing) + count;
        Decisions += count;
    }
}
