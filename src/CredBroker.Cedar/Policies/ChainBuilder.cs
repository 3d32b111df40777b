using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>
/// Puts operands together from the left, as <c>((a + b) - c) &amp;&amp; d</c>: those of one kind of sign after each other are one chain, which
/// becomes the first operand of the next.
/// </summary>
internal sealed class ChainBuilder(Expression first, SourceSpan span)
{
    private readonly List<(string Sign, Expression Operand)> _pending = [];
    private Expression _built = first;

    /// <summary>The depth of what is built so far, or one more.</summary>
    internal int Depth => _built.Depth + 1;

    /// <summary>False when a chain already has all the operands that it may have.</summary>
    internal bool TryAdd(string sign, Expression operand)
    {
        if (_pending.Count > 0 && KindOf(_pending[0].Sign) != KindOf(sign)) Close();
        _pending.Add((sign, operand));
        return _pending.Count < CedarLimits.MaxElements;
    }

    internal Expression Build()
    {
        Close();
        return _built;
    }

    private void Close()
    {
        if (_pending.Count == 0) return;
        var operands = ImmutableArray.CreateBuilder<Expression>(_pending.Count + 1);
        operands.Add(_built);
        operands.AddRange(_pending.Select(link => link.Operand));
        _built = _pending[0].Sign switch
        {
            "&&" => new AndExpression(operands.DrainToImmutable(), span),
            "||" => new OrExpression(operands.DrainToImmutable(), span),
            "*" => new ProductExpression(operands.DrainToImmutable(), span),
            _ => new SumExpression(_built, [.. _pending.Select(link => new SumTerm(link.Sign == "-", link.Operand))], span),
        };
        _pending.Clear();
    }

    private static string KindOf(string sign) => sign == "-" ? "+" : sign;
}
