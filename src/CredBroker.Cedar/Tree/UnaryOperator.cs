namespace CredBroker.Cedar.Tree;

/// <summary>What is done to one operand.</summary>
public enum UnaryOperator
{
    /// <summary><c>!a</c></summary>
    Not,

    /// <summary><c>-a</c></summary>
    Negate,

    /// <summary><c>a.isEmpty()</c></summary>
    IsEmpty,
}
