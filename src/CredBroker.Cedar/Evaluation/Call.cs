using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>A call of an extension function.</summary>
internal sealed class Call(ExtensionFunction function, Code[] arguments, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        // All arguments are evaluated, and the first failure counts, also when there are too many of them.
        CedarValue first = default, second = default;
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = arguments[i].Evaluate(ref frame);
            if (value.IsNone) return default;
            if (i == 0) first = value;
            else second = value;
        }

        if (!function.IsKnown) return frame.Fail(EvaluationErrorKind.UnknownFunction, Span, function);
        if (arguments.Length != function.Parameters.Length) return frame.Fail(EvaluationErrorKind.WrongArity, Span, function);
        if (first.Kind != function.Parameters[0]) return frame.FailKind(arguments[0], first, function.Parameters[0]);
        if (arguments.Length > 1 && second.Kind != function.Parameters[1]) return frame.FailKind(arguments[1], second, function.Parameters[1]);
        var result = function.Apply(first, second);
        return result.IsNone ? frame.Fail(EvaluationErrorKind.NoResult, Span, function.Problem) : result;
    }
}
