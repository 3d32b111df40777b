namespace CredBroker.Core.Past;

/// <summary>
/// What came of one past decision under the candidate. Closed: <see cref="Unchanged"/>, <see cref="Changed"/>, <see cref="Untold"/>.
/// </summary>
public abstract record Replayed
{
    private Replayed()
    {
    }

    /// <summary>It would come out the same.</summary>
    public sealed record Unchanged : Replayed
    {
        /// <summary>The one of its kind.</summary>
        public static Unchanged One { get; } = new();
    }

    /// <summary>It would come out otherwise.</summary>
    /// <param name="Decision">What was decided.</param>
    /// <param name="WouldBe">What would be.</param>
    public sealed record Changed(PastDecision Decision, DecisionVerdict WouldBe) : Replayed;

    /// <summary>It cannot be told: what would decide is not on record.</summary>
    /// <param name="Missing">What is missing, in words; few different ones.</param>
    public sealed record Untold(string Missing) : Replayed;
}
