using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>A chain of additions and subtractions, from the left: each result must fit into 64 bits.</summary>
internal sealed class Sum(Code first, (bool IsSubtracted, Code Operand)[] terms, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = first.Evaluate(ref frame);
        if (!value.TryGet(out long total)) return frame.FailKind(first, value, ValueKind.Long);
        foreach (var (isSubtracted, operand) in terms)
        {
            value = operand.Evaluate(ref frame);
            if (!value.TryGet(out long number)) return frame.FailKind(operand, value, ValueKind.Long);
            var fits = isSubtracted ? Checked.TrySubtract(total, number, out total) : Checked.TryAdd(total, number, out total);
            if (!fits) return frame.Fail(EvaluationErrorKind.Overflow, Span);
        }

        return CedarValue.Of(total);
    }
}

/// <summary>A chain of multiplications, from the left: each result must fit into 64 bits.</summary>
internal sealed class Product(Code[] operands, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var total = 1L;
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (!value.TryGet(out long number)) return frame.FailKind(operand, value, ValueKind.Long);
            if (!Checked.TryMultiply(total, number, out total)) return frame.Fail(EvaluationErrorKind.Overflow, Span);
        }

        return CedarValue.Of(total);
    }
}

/// <summary>The opposite number, which the least number does not have.</summary>
internal sealed class Negation(Code operand, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (!value.TryGet(out long number)) return frame.FailKind(operand, value, ValueKind.Long);
        return Checked.TryNegate(number, out var result) ? CedarValue.Of(result) : frame.Fail(EvaluationErrorKind.Overflow, Span);
    }
}
