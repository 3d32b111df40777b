namespace CredBroker.Cedar.Validation;

/// <summary>What validation takes how seriously.</summary>
public sealed record ValidationOptions
{
    /// <summary>As the language's releases up to 4.12 do.</summary>
    public static ValidationOptions Default { get; } = new();

    /// <summary>
    /// True to accept, with a warning, a policy whose scope fits no request that the schema has, as the official build does from 4.13 on.
    /// Such a policy does nothing, which its author hardly meant: by default it is an error.
    /// </summary>
    public bool AcceptsInapplicablePolicies { get; init; }
}
