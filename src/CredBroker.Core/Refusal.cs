namespace CredBroker.Core;

/// <summary>What was refused and why. A value: whatever a caller can cause is one, never an exception.</summary>
/// <param name="Reason">The true reason; only administrators and the audit see every one.</param>
/// <param name="Field">The path of the field in the request (<c>envelope[3].resource</c>), for malformed input.</param>
/// <param name="Detail">One line for the audit, never for a workload; no secret, token or key in it.</param>
public readonly record struct Refusal(Reason Reason, string? Field = null, string? Detail = null)
{
    /// <summary>True when authority or evidence was refused: recorded under a decision, and to those concerned nothing but denied.</summary>
    public bool IsDenial => (int)Reason is >= 100 and < 300;

    /// <summary>The same refusal, seen from the message that holds its field: <c>resource</c> within <c>envelope[3]</c>.</summary>
    public Refusal Within(string outer) => this with { Field = Field is null ? outer : $"{outer}.{Field}" };
}
