using System.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Text;

/// <summary>Reads names: identifiers, and paths of them, with white space and comments wherever they may stand.</summary>
internal static class PathReader
{
    /// <summary>An identifier that is not reserved; null after a complaint.</summary>
    internal static string? TakeName(TokenCursor cursor, string expected)
    {
        if (!cursor.Is(TokenKind.Identifier))
        {
            cursor.FailHere(expected);
            return null;
        }

        if (Names.IsReserved(cursor.Word))
        {
            cursor.Fail(cursor.Current.Span, $"{Quoting.Code(cursor.Word)} is a reserved word", expected);
            return null;
        }

        return cursor.Source.Slice(cursor.Take().Span).ToString();
    }

    /// <summary>A path: <c>A::B::C</c>; stops before a <c>::</c> that no identifier follows. Null after a complaint.</summary>
    internal static EntityType? TakePath(TokenCursor cursor, string expected, out SourceSpan span)
    {
        span = cursor.Current.Span;
        if (TakeName(cursor, expected) is not { } first) return null;
        if (!IsContinued(cursor)) return new(first);
        var path = new StringBuilder(first);
        while (IsContinued(cursor))
        {
            cursor.Take();
            if (TakeName(cursor, "a name") is not { } part) return null;
            path.Append("::").Append(part);
        }

        span = span.To(cursor.Previous.Span);
        return new(path.ToString());
    }

    private static bool IsContinued(TokenCursor cursor) => cursor.Is(TokenKind.DoubleColon) && cursor.Peek(1) == TokenKind.Identifier;

    /// <summary>The name of an entity: <c>A::B::"id"</c>; null after a complaint.</summary>
    internal static EntityUid? TakeEntity(TokenCursor cursor, string expected, out SourceSpan span)
    {
        if (TakePath(cursor, expected, out span) is not { } type) return null;
        if (!cursor.Expect(TokenKind.DoubleColon, "`::` and the entity's id")) return null;
        return TakeId(cursor, type, ref span);
    }

    /// <summary>The id of an entity, after its path and <c>::</c>; null after a complaint.</summary>
    internal static EntityUid? TakeId(TokenCursor cursor, EntityType type, ref SourceSpan span)
    {
        if (!cursor.Is(TokenKind.String))
        {
            cursor.FailHere("the entity's id in double quotes");
            return null;
        }

        var token = cursor.Take();
        span = span.To(token.Span);
        return cursor.Unescape(token) is { } id ? new(type, id) : null;
    }
}
