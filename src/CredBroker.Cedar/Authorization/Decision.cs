namespace CredBroker.Cedar.Authorization;

/// <summary>What the policies say to a request.</summary>
public enum Decision
{
    /// <summary>No: nothing permits, or something forbids.</summary>
    Deny,

    /// <summary>Yes: something permits, and nothing forbids.</summary>
    Allow,
}
