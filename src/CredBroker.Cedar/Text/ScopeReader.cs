using System.Collections.Immutable;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>The head of a policy: <c>(principal …, action …, resource …)</c>, exactly these three in this order.</summary>
internal sealed class ScopeReader(TokenCursor cursor)
{
    private const string AnEntity = "the name of an entity, such as `User::\"alice\"`";

    /// <summary>Null after a complaint.</summary>
    internal (ScopeConstraint Principal, ActionConstraint Action, ScopeConstraint Resource)? Read()
    {
        if (!cursor.Expect(TokenKind.OpenParen, "`(`")) return null;
        if (ReadEntities("principal", Slot.Principal) is not { } principal || !cursor.Expect(TokenKind.Comma, "`,` and `action`")) return null;
        if (ReadAction() is not { } action || !cursor.Expect(TokenKind.Comma, "`,` and `resource`")) return null;
        if (ReadEntities("resource", Slot.Resource) is not { } resource) return null;
        if (cursor.TryTake(TokenKind.Comma) && !cursor.Is(TokenKind.CloseParen))
        {
            cursor.Fail(cursor.Current.Span, $"a scope has no fourth part: {Quoting.Code(cursor.Word)}", "`)`; conditions are written in `when { … }`");
            return null;
        }

        return cursor.Expect(TokenKind.CloseParen, "`)`") ? (principal, action, resource) : null;
    }

    private ScopeConstraint? ReadEntities(string variable, Slot slot)
    {
        if (!TakeVariable(variable)) return null;
        if (cursor.TryTake(TokenKind.Equal)) return ReadEntityOrSlot(slot) is { } one ? new ScopeConstraint.Equal(one) : null;
        if (cursor.TryTakeWord("in")) return ReadContainer(slot) is { } container ? new ScopeConstraint.In(container) : null;
        if (cursor.TryTakeWord("is")) return ReadType(slot);
        return EndsHere("`==`, `in` or `is`") ? new ScopeConstraint.Any() : null;
    }

    private ScopeConstraint? ReadType(Slot slot)
    {
        if (PathReader.TakePath(cursor, "the name of a type", out var span) is not { } type) return null;
        if (cursor.TryTakeWord("in")) return ReadEntityOrSlot(slot) is { } container ? new ScopeConstraint.IsIn(new(type, span), container) : null;
        return EndsHere("`in`") ? new ScopeConstraint.Is(new(type, span)) : null;
    }

    private EntityOrSlot? ReadContainer(Slot slot)
    {
        var container = ReadEntityOrSlot(slot);
        if (container is null || !cursor.IsWord("is")) return container;
        cursor.Fail(cursor.Current.Span, "`is` comes before `in`", "`is T in e`");
        return null;
    }

    private EntityOrSlot? ReadEntityOrSlot(Slot slot) => InParentheses(() => ReadBare(slot));

    private EntityOrSlot? ReadBare(Slot slot)
    {
        var allowed = slot == Slot.Principal ? "?principal" : "?resource";
        if (cursor.Is(TokenKind.Slot))
        {
            if (cursor.Word.SequenceEqual(allowed)) return new(slot, cursor.Take().Span);
            cursor.Fail(cursor.Current.Span, $"{Quoting.Code(cursor.Word)} has no place here", $"the name of an entity, or {Quoting.Code(allowed)}");
            return null;
        }

        if (cursor.Is(TokenKind.OpenBracket))
        {
            cursor.Fail(cursor.Current.Span, "only `action` may be compared with a list", AnEntity);
            return null;
        }

        return PathReader.TakeEntity(cursor, $"{AnEntity}, or {Quoting.Code(allowed)}", out var span) is { } uid ? new(uid, span) : null;
    }

    private ActionConstraint? ReadAction()
    {
        if (!TakeVariable("action")) return null;
        if (cursor.TryTake(TokenKind.Equal)) return InParentheses(ReadActionName) is { } one ? new ActionConstraint.Equal(one) : null;
        if (!cursor.TryTakeWord("in")) return EndsHere("`==` or `in`") ? new ActionConstraint.Any() : null;
        var parentheses = 0;
        while (cursor.Peek(parentheses) == TokenKind.OpenParen) parentheses++;
        if (cursor.Peek(parentheses) == TokenKind.OpenBracket)
            return InParentheses(ReadActions) is { } members ? ActionConstraint.OneOf(members) : null;
        return InParentheses(ReadActionName) is { } group ? new ActionConstraint.In(group) : null;
    }

    private ImmutableArray<ActionName>? ReadActions()
    {
        cursor.Take();
        var members = ImmutableArray.CreateBuilder<ActionName>();
        while (!cursor.Is(TokenKind.CloseBracket))
        {
            if (InParentheses(ReadActionName) is not { } member || !cursor.MayGrow(members.Count)) return null;
            members.Add(member);
            if (!cursor.TryTake(TokenKind.Comma)) break;
        }

        return cursor.Expect(TokenKind.CloseBracket, "`,` or `]`") ? members.DrainToImmutable() : null;
    }

    private ActionName? ReadActionName()
    {
        const string expected = "the name of an action, such as `Action::\"read\"`";
        if (cursor.Is(TokenKind.Slot))
            cursor.Fail(cursor.Current.Span, "an action cannot be left open", expected);
        if (PathReader.TakeEntity(cursor, expected, out var span) is not { } uid) return null;
        if (uid.Type.IsAction) return new(uid, span);
        cursor.Fail(span, $"{Quoting.Code(uid.ToString())} is not an action", "a type whose last part is `Action`");
        return null;
    }

    /// <summary>Any number of parentheses may be around.</summary>
    private T? InParentheses<T>(Func<T?> read)
        where T : struct
    {
        var open = 0;
        while (cursor.TryTake(TokenKind.OpenParen)) open++;
        var inner = read();
        for (; open > 0 && inner is not null; open--)
            if (!cursor.Expect(TokenKind.CloseParen, "`)`")) return null;
        return inner;
    }

    private bool TakeVariable(string variable) => cursor.TryTakeWord(variable) || cursor.FailHere($"`{variable}`");

    private bool EndsHere(string operators) => cursor.Current.Kind is TokenKind.Comma or TokenKind.CloseParen
        || cursor.FailHere($"{operators}, or the end of this part of the scope");
}
