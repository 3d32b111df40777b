using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>All of a chain, up to the first that is false; what comes after is not looked at.</summary>
internal sealed class All(Code[] operands, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (!value.TryGet(out bool isTrue)) return frame.FailKind(operand, value, ValueKind.Bool);
            if (!isTrue) return value;
        }

        return CedarValue.True;
    }
}

/// <summary>Any of a chain, up to the first that is true; what comes after is not looked at.</summary>
internal sealed class Any(Code[] operands, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (!value.TryGet(out bool isTrue)) return frame.FailKind(operand, value, ValueKind.Bool);
            if (isTrue) return value;
        }

        return CedarValue.False;
    }
}

/// <summary>The opposite.</summary>
internal sealed class Not(Code operand, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        return value.TryGet(out bool isTrue) ? CedarValue.Of(!isTrue) : frame.FailKind(operand, value, ValueKind.Bool);
    }
}

/// <summary>One of two branches; the other is not looked at.</summary>
internal sealed class Choice(Code test, Code then, Code otherwise, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = test.Evaluate(ref frame);
        if (!value.TryGet(out bool isTrue)) return frame.FailKind(test, value, ValueKind.Bool);
        return isTrue ? then.Evaluate(ref frame) : otherwise.Evaluate(ref frame);
    }
}
