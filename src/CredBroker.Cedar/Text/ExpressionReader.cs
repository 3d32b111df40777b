using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>Expressions down to the unary operators, loosest first; <see cref="MemberReader"/> reads what binds tighter.</summary>
internal sealed class ExpressionReader
{
    private readonly TokenCursor _cursor;
    private readonly MemberReader _members;
    private int _nesting;

    internal ExpressionReader(TokenCursor cursor) => (_cursor, _members) = (cursor, new(cursor, this));

    /// <summary>An expression; null after a complaint.</summary>
    internal Expression? Read()
    {
        // The second half is for threads whose stacks are smaller than any that .NET makes by itself.
        if (_nesting == CedarLimits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) return TooDeep(_cursor.Current.Span);
        _nesting++;
        var expression = _cursor.IsWord("if") ? ReadConditional() : ReadOr();
        _nesting--;
        return expression;
    }

    /// <summary>The expression, unless it has become too deep.</summary>
    internal Expression? Checked(Expression expression) => expression.Depth <= CedarLimits.MaxDepth ? expression : TooDeep(expression.Span);

    private Expression? TooDeep(SourceSpan span)
    {
        _cursor.Fail(span, "this expression nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
        return null;
    }

    private Expression? ReadConditional()
    {
        var start = _cursor.Take().Span;
        if (Read() is not { } test || !ExpectWord("then")) return null;
        if (Read() is not { } then || !ExpectWord("else")) return null;
        return Read() is { } otherwise ? Checked(new Conditional(test, then, otherwise, From(start))) : null;
    }

    private Expression? ReadOr()
    {
        var start = _cursor.Current.Span;
        return ReadAnd() switch
        {
            { } first when _cursor.Is(TokenKind.Or) => ReadChain(first, TokenKind.Or, ReadAnd) is { } all ? Checked(new OrExpression(all, From(start))) : null,
            var only => only,
        };
    }

    private Expression? ReadAnd()
    {
        var start = _cursor.Current.Span;
        return ReadRelation() switch
        {
            { } first when _cursor.Is(TokenKind.And) => ReadChain(first, TokenKind.And, ReadRelation) is { } all ? Checked(new AndExpression(all, From(start))) : null,
            var only => only,
        };
    }

    private Expression? ReadRelation()
    {
        var start = _cursor.Current.Span;
        if (ReadSum() is not { } left || ReadRelationAfter(left, start) is not { } relation) return null;
        if (ReferenceEquals(relation, left) || !IsRelation) return relation;
        _cursor.Fail(_cursor.Current.Span, $"{Quoting.Code(_cursor.Word)} cannot follow another comparison", "parentheses around one of them");
        return null;
    }

    private bool IsRelation => RelationOf(_cursor.Current.Kind) is not null
        || _cursor.IsWord("in") || _cursor.IsWord("has") || _cursor.IsWord("like") || _cursor.IsWord("is");

    private Expression? ReadRelationAfter(Expression left, SourceSpan start)
    {
        if (RelationOf(_cursor.Current.Kind) is { } relation)
        {
            _cursor.Take();
            return ReadSum() is { } right ? Checked(new BinaryExpression(relation, left, right, From(start))) : null;
        }

        if (_cursor.TryTakeWord("in"))
            return ReadSum() is { } right ? Checked(new BinaryExpression(BinaryOperator.In, left, right, From(start))) : null;
        if (_cursor.TryTakeWord("has")) return ReadHas(left, start);
        if (_cursor.TryTakeWord("like")) return ReadLike(left, start);
        if (_cursor.TryTakeWord("is")) return ReadIs(left, start);
        if (!_cursor.Is(TokenKind.Assign)) return left;
        _cursor.Fail(_cursor.Current.Span, "`=` is no operator", "`==`");
        return null;
    }

    private static BinaryOperator? RelationOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        _ => null,
    };

    private Expression? ReadHas(Expression target, SourceSpan start)
    {
        const string expected = "the name of an attribute, or a string";
        var path = ImmutableArray.CreateBuilder<string>(1);
        var pathStart = _cursor.Current.Span;
        if (_cursor.Is(TokenKind.String))
        {
            if (_cursor.Unescape(_cursor.Take()) is not { } name) return null;
            path.Add(name);
        }
        else
        {
            do
            {
                if (PathReader.TakeName(_cursor, expected) is not { } name || !_cursor.MayGrow(path.Count)) return null;
                path.Add(name);
            }
            while (_cursor.TryTake(TokenKind.Dot));
        }

        return Checked(new AttributeTest(target, path.DrainToImmutable(), From(start), From(pathStart)));
    }

    private Expression? ReadLike(Expression target, SourceSpan start)
    {
        var token = _cursor.Current;
        if (!_cursor.Expect(TokenKind.String, "a pattern in double quotes") || _cursor.Unescape(token, isPattern: true) is not { } text) return null;
        var pieces = text.Split('*').Select(piece => piece.Replace(StringLiteral.LiteralStar, "*", StringComparison.Ordinal));
        return Checked(new LikeExpression(target, new([.. pieces]), From(start)));
    }

    private Expression? ReadIs(Expression target, SourceSpan start)
    {
        if (PathReader.TakePath(_cursor, "the name of a type", out var span) is not { } type) return null;
        if (!_cursor.TryTakeWord("in")) return Checked(new TypeTest(target, type, null, From(start), span));
        return ReadSum() is { } container ? Checked(new TypeTest(target, type, container, From(start), span)) : null;
    }

    private Expression? ReadSum()
    {
        var start = _cursor.Current.Span;
        if (ReadProduct() is not { } first) return null;
        if (!_cursor.Is(TokenKind.Plus) && !_cursor.Is(TokenKind.Minus)) return first;
        var terms = ImmutableArray.CreateBuilder<SumTerm>();
        while (_cursor.Is(TokenKind.Plus) || _cursor.Is(TokenKind.Minus))
        {
            var isSubtracted = _cursor.Take().Kind == TokenKind.Minus;
            if (ReadProduct() is not { } operand) return null;
            terms.Add(new(isSubtracted, operand));
            if (!_cursor.MayGrow(terms.Count)) return null;
        }

        return Checked(new SumExpression(first, terms.DrainToImmutable(), From(start)));
    }

    private Expression? ReadProduct()
    {
        var start = _cursor.Current.Span;
        if (ReadUnary() is not { } first) return null;
        var expression = first;
        if (_cursor.Is(TokenKind.Star))
            expression = ReadChain(first, TokenKind.Star, ReadUnary) is { } all ? Checked(new ProductExpression(all, From(start))) : null;
        if (expression is null || (!_cursor.Is(TokenKind.Slash) && !_cursor.Is(TokenKind.Percent))) return expression;
        _cursor.Fail(_cursor.Current.Span, $"Cedar has no {Quoting.Code(_cursor.Word)}", "`+`, `-` or `*`");
        return null;
    }

    private Expression? ReadUnary()
    {
        const int most = 4;
        if (!_cursor.Is(TokenKind.Not) && !_cursor.Is(TokenKind.Minus)) return _members.Read();
        var sign = _cursor.Current;
        var starts = new List<SourceSpan>(most);
        while (_cursor.Is(sign.Kind))
        {
            starts.Add(_cursor.Take().Span);
            if (starts.Count <= most) continue;
            _cursor.Fail(starts[^1], "more than four signs in a row", "parentheses between them");
            return null;
        }

        if (_cursor.Is(TokenKind.Not) || _cursor.Is(TokenKind.Minus))
        {
            _cursor.Fail(_cursor.Current.Span, "`!` and `-` cannot follow each other", "parentheses between them");
            return null;
        }

        var isNumber = sign.Kind == TokenKind.Minus && _cursor.Is(TokenKind.Integer) && _cursor.Peek(1) is not (TokenKind.Dot or TokenKind.OpenBracket);
        var operand = isNumber ? _members.ReadNumber(isNegative: true, starts[^1]) : _members.Read();
        var op = sign.Kind == TokenKind.Not ? UnaryOperator.Not : UnaryOperator.Negate;
        for (var i = starts.Count - (isNumber ? 2 : 1); i >= 0 && operand is not null; i--)
            operand = Checked(new UnaryExpression(op, operand, From(starts[i])));
        return operand;
    }

    /// <summary>The operands of a chain, whose first one was read.</summary>
    private ImmutableArray<Expression>? ReadChain(Expression first, TokenKind sign, Func<Expression?> next)
    {
        var operands = ImmutableArray.CreateBuilder<Expression>();
        operands.Add(first);
        while (_cursor.TryTake(sign))
        {
            if (next() is not { } operand || !_cursor.MayGrow(operands.Count)) return null;
            operands.Add(operand);
        }

        return operands.DrainToImmutable();
    }

    private bool ExpectWord(string word) => _cursor.TryTakeWord(word) || _cursor.FailHere($"an operator or `{word}`");

    private SourceSpan From(SourceSpan start) => start.To(_cursor.Previous.Span);
}
