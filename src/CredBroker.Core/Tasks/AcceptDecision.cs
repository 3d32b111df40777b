namespace CredBroker.Core.Tasks;

/// <summary>Whether a task may be accepted. Closed: <see cref="Accepted"/>, <see cref="Already"/>, <see cref="Denied"/>.</summary>
public abstract record AcceptDecision
{
    private AcceptDecision()
    {
    }

    /// <summary>It may, and becomes active.</summary>
    public sealed record Accepted : AcceptDecision;

    /// <summary>It was before; nothing changes.</summary>
    public sealed record Already : AcceptDecision;

    /// <summary>It may not, or what was asked is malformed.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Denied(Refusal Refusal) : AcceptDecision;
}
