namespace CredBroker.Cedar.Values;

/// <summary>The kinds of values that Cedar has.</summary>
public enum ValueKind
{
    /// <summary>No value: <c>default</c>, which no expression ever has.</summary>
    None,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A whole number of 64 bits.</summary>
    Long,

    /// <summary>A text of Unicode characters.</summary>
    String,

    /// <summary>The name of an entity.</summary>
    Entity,

    /// <summary>Values without order and repetition.</summary>
    Set,

    /// <summary>Values by name.</summary>
    Record,

    /// <summary>An address or a range of addresses, of IPv4 or IPv6.</summary>
    IpAddress,

    /// <summary>A number with four decimal places.</summary>
    Decimal,

    /// <summary>A moment, to the millisecond.</summary>
    Datetime,

    /// <summary>A length of time, in milliseconds.</summary>
    Duration,
}
