namespace CredBroker.Cedar.Tree;

/// <summary>What a policy does when it applies.</summary>
public enum Effect
{
    /// <summary>Allows, unless something forbids.</summary>
    Permit,

    /// <summary>Denies, whatever permits.</summary>
    Forbid,
}
