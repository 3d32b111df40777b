using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Text;

/// <summary>Literals, variables, entities, sets, records, calls, and what follows them after a dot or in brackets.</summary>
internal sealed class MemberReader(TokenCursor cursor, ExpressionReader expressions)
{
    private const string AnExpression = "an expression";

    /// <summary>A primary expression and all that is asked of it; null after a complaint.</summary>
    internal Expression? Read()
    {
        var start = cursor.Current.Span;
        var expression = ReadPrimary();
        while (expression is not null)
        {
            if (cursor.TryTake(TokenKind.Dot))
                expression = ReadAfterDot(expression, start);
            else if (cursor.TryTake(TokenKind.OpenBracket))
                expression = ReadAfterBracket(expression, start);
            else
                break;
        }

        return expression;
    }

    /// <summary>A number; after a minus it may be the least one, which has no opposite.</summary>
    internal Expression? ReadNumber(bool isNegative, SourceSpan start)
    {
        const ulong least = 1UL << 63;
        var token = cursor.Take();
        var fits = ulong.TryParse(cursor.Source.Slice(token.Span), NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        if (fits && (value < least || (value == least && isNegative)))
            return new Literal(CedarValue.Of(unchecked(isNegative ? -(long)value : (long)value)), start.To(token.Span));
        cursor.Fail(start.To(token.Span), "this number is out of range", "a number from -9223372036854775808 to 9223372036854775807");
        return null;
    }

    private Expression? ReadAfterDot(Expression target, SourceSpan start)
    {
        var nameSpan = cursor.Current.Span;
        if (PathReader.TakeName(cursor, "the name of an attribute or a method") is not { } name) return null;
        if (!cursor.Is(TokenKind.OpenParen)) return expressions.Checked(new AttributeAccess(target, name, start.To(nameSpan), nameSpan));
        cursor.Take();
        // What stands before the dot is an argument too.
        if (ReadList(TokenKind.CloseParen, "`,` or `)`", before: 1) is not { } arguments) return null;
        return Calls.Method(cursor, target, name, nameSpan, arguments, start.To(cursor.Previous.Span)) is { } call ? expressions.Checked(call) : null;
    }

    private Expression? ReadAfterBracket(Expression target, SourceSpan start)
    {
        var nameToken = cursor.Current;
        if (!cursor.Expect(TokenKind.String, "the name of an attribute in double quotes") || cursor.Unescape(nameToken) is not { } name) return null;
        if (!cursor.Expect(TokenKind.CloseBracket, "`]`")) return null;
        return expressions.Checked(new AttributeAccess(target, name, start.To(cursor.Previous.Span), nameToken.Span));
    }

    private Expression? ReadPrimary()
    {
        var start = cursor.Current.Span;
        switch (cursor.Current.Kind)
        {
            case TokenKind.Identifier:
                return ReadWord();
            case TokenKind.Integer:
                return ReadNumber(isNegative: false, start);
            case TokenKind.String:
                return cursor.Unescape(cursor.Take()) is { } text ? new Literal(CedarValue.Of(text), start) : null;
            case TokenKind.OpenParen:
                cursor.Take();
                return expressions.Read() is { } inner && cursor.Expect(TokenKind.CloseParen, "an operator or `)`") ? inner : null;
            case TokenKind.OpenBracket:
                cursor.Take();
                return ReadList(TokenKind.CloseBracket, "`,` or `]`") is { } elements
                    ? expressions.Checked(new SetExpression(elements, start.To(cursor.Previous.Span)))
                    : null;
            case TokenKind.OpenBrace:
                cursor.Take();
                return ReadFields() is { } fields ? expressions.Checked(new RecordExpression(fields, start.To(cursor.Previous.Span))) : null;
            case TokenKind.Slot:
                cursor.Fail(start, $"the slot {Quoting.Code(cursor.Word)} has no place in a condition", "a slot in the scope only");
                return null;
            default:
                cursor.FailHere(AnExpression);
                return null;
        }
    }

    private Expression? ReadWord()
    {
        var span = cursor.Current.Span;
        if (cursor.TryTakeWord("true")) return new Literal(CedarValue.True, span);
        if (cursor.TryTakeWord("false")) return new Literal(CedarValue.False, span);
        if (cursor.IsWord("if"))
        {
            cursor.Fail(span, "`if` cannot be an operand by itself", "parentheses around `if … then … else …`");
            return null;
        }

        if (PathReader.TakePath(cursor, AnExpression, out span) is not { } path) return null;
        if (cursor.TryTake(TokenKind.DoubleColon))
            return PathReader.TakeId(cursor, path, ref span) is { } uid ? new Literal(CedarValue.Of(uid), span) : null;
        if (cursor.Is(TokenKind.OpenParen)) return ReadCall(path, span);
        if (Calls.VariableOf(path.Name) is { } variable) return new Variable(variable, span);
        cursor.Fail(span, $"{Quoting.Code(path.Name)} is not a variable", $"`principal`, `action`, `resource` or `context`; an entity is written {Quoting.Code(path.Name + "::\"id\"")}");
        return null;
    }

    private Expression? ReadCall(EntityType path, SourceSpan nameSpan)
    {
        cursor.Take();
        if (ReadList(TokenKind.CloseParen, "`,` or `)`") is not { } arguments) return null;
        return Calls.Function(cursor, path.Name, nameSpan, arguments, nameSpan.To(cursor.Previous.Span)) is { } call ? expressions.Checked(call) : null;
    }

    /// <summary>Expressions up to a closing sign, which is taken; a comma may follow the last.</summary>
    private ImmutableArray<Expression>? ReadList(TokenKind close, string expected, int before = 0)
    {
        var elements = ImmutableArray.CreateBuilder<Expression>();
        while (!cursor.Is(close))
        {
            if (expressions.Read() is not { } element || !cursor.MayGrow(elements.Count + before)) return null;
            elements.Add(element);
            if (!cursor.TryTake(TokenKind.Comma)) break;
        }

        return cursor.Expect(close, expected) ? elements.DrainToImmutable() : null;
    }

    private ImmutableArray<RecordField>? ReadFields()
    {
        var fields = ImmutableArray.CreateBuilder<RecordField>();
        var names = new HashSet<string>();
        while (!cursor.Is(TokenKind.CloseBrace))
        {
            var at = cursor.Current;
            var name = at.Kind == TokenKind.String ? cursor.Unescape(cursor.Take()) : PathReader.TakeName(cursor, "the name of an entry, or a string");
            if (name is null || !cursor.Expect(TokenKind.Colon, "`:`") || expressions.Read() is not { } value || !cursor.MayGrow(fields.Count)) return null;
            if (!names.Add(name))
            {
                cursor.Fail(at.Span, $"the entry {Quoting.Code(name)} is there twice");
                return null;
            }

            fields.Add(new(name, value));
            if (!cursor.TryTake(TokenKind.Comma)) break;
        }

        return cursor.Expect(TokenKind.CloseBrace, "`,` or `}`") ? fields.DrainToImmutable() : null;
    }
}
