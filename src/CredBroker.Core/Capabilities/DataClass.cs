namespace CredBroker.Core.Capabilities;

/// <summary>How sensitive the data is that an action touches. Larger is more sensitive.</summary>
public enum DataClass
{
    /// <summary>Anybody may see it.</summary>
    Public = 1,

    /// <summary>Anybody inside may see it.</summary>
    Internal = 2,

    /// <summary>Only those who need it may see it.</summary>
    Confidential = 3,

    /// <summary>Credentials, keys, and what harms when seen.</summary>
    Secret = 4,
}
