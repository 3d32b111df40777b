namespace CredBroker.Cedar.Evaluation;

/// <summary>Why an expression has no value.</summary>
public enum EvaluationErrorKind
{
    /// <summary>An operand has a kind that the operator is not defined for.</summary>
    WrongKind,

    /// <summary>The attribute, or the entry of a record, does not exist.</summary>
    MissingAttribute,

    /// <summary>The entity does not exist.</summary>
    MissingEntity,

    /// <summary>The tag does not exist.</summary>
    MissingTag,

    /// <summary>The result does not fit into 64 bits.</summary>
    Overflow,

    /// <summary>An extension function was called with a wrong number of arguments.</summary>
    WrongArity,

    /// <summary>There is no extension function of this name: JSON can call one that does not exist.</summary>
    UnknownFunction,

    /// <summary>An extension function has no result for its arguments: a text that it cannot read, a date that is out of range.</summary>
    NoResult,
}
