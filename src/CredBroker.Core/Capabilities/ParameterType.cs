namespace CredBroker.Core.Capabilities;

/// <summary>The type that the catalog gives a parameter.</summary>
public enum ParameterType
{
    /// <summary>Text: constrained by a set or a prefix.</summary>
    String = 1,

    /// <summary>A signed 64-bit number: constrained by a range.</summary>
    Long = 2,

    /// <summary>True or false.</summary>
    Bool = 3,
}
