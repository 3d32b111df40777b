namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>What is asked of both sides, and must be answered alike.</summary>
/// <param name="Kind">What for: <c>prepare</c>, <c>run</c>, …</param>
/// <param name="Official">As the official build is asked.</param>
/// <param name="Ours">As our side is asked; most often the same.</param>
internal sealed record Question(string Kind, string Official, string Ours)
{
    public Question(string kind, string both)
        : this(kind, both, both)
    {
    }

    public Question(string kind, JsonTree both)
        : this(kind, both.ToString())
    {
    }
}
