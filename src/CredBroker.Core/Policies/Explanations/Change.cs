namespace CredBroker.Core.Policies.Explanations;

/// <summary>A question with one fact changed.</summary>
/// <param name="Fact">What policies call the fact.</param>
/// <param name="Value">What it is.</param>
/// <param name="Other">What it is changed to.</param>
/// <param name="If">The same in words.</param>
/// <param name="Question">The question with the change.</param>
/// <param name="Now">The moment.</param>
internal sealed record Change(string Fact, string Value, string Other, string If, PolicyQuestion Question, DateTimeOffset Now)
{
    /// <summary>How far a number is moved; 0 for what is no number. Of several changes of a fact with one outcome the nearest is told.</summary>
    internal decimal Distance { get; init; }
}
