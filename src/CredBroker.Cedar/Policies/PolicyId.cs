namespace CredBroker.Cedar.Policies;

/// <summary>Names a policy, a template or a link within its set: any text.</summary>
/// <param name="Value">The text.</param>
public readonly record struct PolicyId(string Value) : IComparable<PolicyId>
{
    /// <summary>By code unit.</summary>
    public int CompareTo(PolicyId other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The text.</summary>
    public override string ToString() => Value ?? "";

    /// <summary>By code unit.</summary>
    public static bool operator <(PolicyId left, PolicyId right) => left.CompareTo(right) < 0;

    /// <summary>By code unit.</summary>
    public static bool operator <=(PolicyId left, PolicyId right) => left.CompareTo(right) <= 0;

    /// <summary>By code unit.</summary>
    public static bool operator >(PolicyId left, PolicyId right) => left.CompareTo(right) > 0;

    /// <summary>By code unit.</summary>
    public static bool operator >=(PolicyId left, PolicyId right) => left.CompareTo(right) >= 0;
}
