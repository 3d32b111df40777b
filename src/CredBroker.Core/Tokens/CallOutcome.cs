namespace CredBroker.Core.Tokens;

/// <summary>How a call ended, as somebody says who should know.</summary>
public enum CallOutcome
{
    /// <summary>It did what it was for.</summary>
    Completed = 1,

    /// <summary>It was made, and did not.</summary>
    Failed = 2,

    /// <summary>It was not made, or broken off.</summary>
    Cancelled = 3,
}
