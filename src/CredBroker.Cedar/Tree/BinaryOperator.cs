namespace CredBroker.Cedar.Tree;

/// <summary>What is done to two operands, both of which are always evaluated, the left one first.</summary>
public enum BinaryOperator
{
    /// <summary><c>a == b</c></summary>
    Equal,

    /// <summary><c>a != b</c></summary>
    NotEqual,

    /// <summary><c>a &lt; b</c></summary>
    Less,

    /// <summary><c>a &lt;= b</c></summary>
    LessOrEqual,

    /// <summary><c>a &gt; b</c></summary>
    Greater,

    /// <summary><c>a &gt;= b</c></summary>
    GreaterOrEqual,

    /// <summary><c>a in b</c></summary>
    In,

    /// <summary><c>a.contains(b)</c></summary>
    Contains,

    /// <summary><c>a.containsAll(b)</c></summary>
    ContainsAll,

    /// <summary><c>a.containsAny(b)</c></summary>
    ContainsAny,

    /// <summary><c>a.getTag(b)</c></summary>
    GetTag,

    /// <summary><c>a.hasTag(b)</c></summary>
    HasTag,
}
