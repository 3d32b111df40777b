using System.Globalization;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Why and where an evaluation ended: noted without allocating, put into words only for who reads them.</summary>
internal readonly record struct Failure(EvaluationErrorKind Kind, SourceSpan Span, ValueKind Found, ValueKind Expected, object? Detail)
{
    internal string Message => Kind switch
    {
        EvaluationErrorKind.WrongKind => $"this is {Found.Describe()}; expected {ExpectedKind}",
        EvaluationErrorKind.MissingAttribute => $"there is no attribute {Quoting.Code($"{Detail}")}",
        EvaluationErrorKind.MissingEntity => $"the entity {Quoting.Code($"{Detail}")} does not exist",
        EvaluationErrorKind.MissingTag => $"there is no tag {Quoting.Code($"{Detail}")}",
        EvaluationErrorKind.Overflow => "the result does not fit into 64 bits",
        EvaluationErrorKind.WrongArity => string.Create(CultureInfo.InvariantCulture, $"wrong number of arguments for {Quoting.Code($"{Detail}")}"),
        EvaluationErrorKind.UnknownFunction => $"there is no function {Quoting.Code($"{Detail}")}",
        _ => $"{Detail}",
    };

    private string ExpectedKind => Detail as string ?? Expected.Describe();
}
