using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Whether a set has an element.</summary>
internal sealed class Contains(Code set, Code element, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var left = set.Evaluate(ref frame);
        if (left.IsNone) return default;
        var right = element.Evaluate(ref frame);
        if (right.IsNone) return default;
        return left.TryGet(out CedarSet? elements) ? CedarValue.Of(elements.Contains(right)) : frame.FailKind(set, left, ValueKind.Set);
    }
}

/// <summary>Whether a set has all, or any, of the elements of another.</summary>
internal sealed class ContainsOf(Code set, Code other, BinaryOperator op, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var left = set.Evaluate(ref frame);
        if (left.IsNone) return default;
        var right = other.Evaluate(ref frame);
        if (right.IsNone) return default;
        if (!left.TryGet(out CedarSet? elements)) return frame.FailKind(set, left, ValueKind.Set);
        if (!right.TryGet(out CedarSet? others)) return frame.FailKind(other, right, ValueKind.Set);
        return CedarValue.Of(op == BinaryOperator.ContainsAll ? elements.ContainsAll(others) : elements.ContainsAny(others));
    }
}

/// <summary>Whether a set has no elements.</summary>
internal sealed class Emptiness(Code set, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = set.Evaluate(ref frame);
        return value.TryGet(out CedarSet? elements) ? CedarValue.Of(elements.Count == 0) : frame.FailKind(set, value, ValueKind.Set);
    }
}

/// <summary>A set that depends on the request.</summary>
internal sealed class SetOf(Code[] elements, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var values = new CedarValue[elements.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = elements[i].Evaluate(ref frame);
            if (values[i].IsNone) return default;
        }

        return CedarValue.Of(CedarSet.Of(values));
    }
}

/// <summary>A record that depends on the request.</summary>
internal sealed class RecordOf(KeyValuePair<string, Code>[] entries, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        var values = new KeyValuePair<string, CedarValue>[entries.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = entries[i].Value.Evaluate(ref frame);
            if (value.IsNone) return default;
            values[i] = new(entries[i].Key, value);
        }

        return CedarValue.Of(CedarRecord.Of(values));
    }
}
