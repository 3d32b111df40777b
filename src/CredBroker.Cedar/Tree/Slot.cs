namespace CredBroker.Cedar.Tree;

/// <summary>What a template leaves open, to be filled by each of its links.</summary>
public enum Slot
{
    /// <summary><c>?principal</c></summary>
    Principal,

    /// <summary><c>?resource</c></summary>
    Resource,
}
