using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Whether two values, of any kinds, are the same, or are not.</summary>
internal sealed class Equality(Code left, Code right, bool isNegated, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsNone) return default;
        var second = right.Evaluate(ref frame);
        return second.IsNone ? default : CedarValue.Of(first.Equals(second) != isNegated);
    }
}

/// <summary>The order of two numbers, two moments or two lengths of time.</summary>
internal sealed class Order(Code left, Code right, BinaryOperator op, SourceSpan span) : Code(span)
{
    private const string Ordered = "a number, a datetime or a duration";

    internal override CedarValue Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsNone) return default;
        var second = right.Evaluate(ref frame);
        if (second.IsNone) return default;
        if (!TryRank(first, out var a)) return frame.FailKind(left, first, ValueKind.Long, Ordered);
        if (first.Kind != second.Kind || !TryRank(second, out var b)) return frame.FailKind(right, second, first.Kind);
        return CedarValue.Of(op switch
        {
            BinaryOperator.Less => a < b,
            BinaryOperator.LessOrEqual => a <= b,
            BinaryOperator.Greater => a > b,
            _ => a >= b,
        });
    }

    private static bool TryRank(CedarValue value, out long rank)
    {
        if (value.TryGet(out rank)) return true;
        if (value.TryGet(out CedarDatetime moment))
        {
            rank = moment.UnixMilliseconds;
            return true;
        }

        var isLength = value.TryGet(out CedarDuration length);
        rank = length.Milliseconds;
        return isLength;
    }
}
