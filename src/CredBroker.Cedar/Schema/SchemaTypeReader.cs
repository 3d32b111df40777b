using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Schema;

/// <summary>Types, names and annotations, from the text of a schema.</summary>
internal sealed class SchemaTypeReader(TokenCursor cursor)
{
    private const string TypeExpected = "a type: a name, `Set<…>` or `{…}`";

    private int _nesting;

    /// <summary>A type; null after a complaint.</summary>
    internal TypeExpression? Read()
    {
        if (_nesting == CedarLimits.MaxDepth)
        {
            cursor.Fail(cursor.Current.Span, "this type nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
            return null;
        }

        _nesting++;
        TypeExpression? type = cursor.Is(TokenKind.OpenBrace) ? ReadRecord() : cursor.IsWord("Set") && cursor.Peek(1) == TokenKind.Less ? ReadSet() : ReadNamed(TypeExpected, NameKind.Any);
        _nesting--;
        return type;
    }

    /// <summary>The type of a context: a name or a record; null after a complaint.</summary>
    internal TypeExpression? ReadContext() => cursor.Is(TokenKind.OpenBrace) ? Read() : ReadNamed("the name of a record type, or `{…}`", NameKind.Common);

    /// <summary>One name, or a list in brackets, which may be empty.</summary>
    internal bool TryReadEntityTypes(out ImmutableArray<NameReference> names)
    {
        names = [];
        const string expected = "the name of an entity type";
        var isList = cursor.TryTake(TokenKind.OpenBracket);
        if (isList && cursor.TryTake(TokenKind.CloseBracket)) return true;
        var found = ImmutableArray.CreateBuilder<NameReference>();
        do
        {
            if (TakePath(expected) is not var (name, span)) return false;
            found.Add(new(name, span));
        }
        while (isList && cursor.TryTake(TokenKind.Comma));
        names = found.DrainToImmutable();
        return !isList || cursor.Expect(TokenKind.CloseBracket, "`,` or `]`");
    }

    /// <summary>A path, which may begin with the language's own namespace; null after a complaint.</summary>
    internal (string Name, SourceSpan Span)? TakePath(string expected)
    {
        var span = cursor.Current.Span;
        var isOwn = cursor.IsWord(Names.Cedar);
        if (!isOwn) return PathReader.TakePath(cursor, expected, out span) is { } path ? (path.Name, span) : null;
        cursor.Take();
        if (!cursor.TryTake(TokenKind.DoubleColon)) return (Names.Cedar, span);
        return PathReader.TakePath(cursor, expected, out var rest) is { } inner ? ($"{Names.Cedar}::{inner.Name}", span.To(rest)) : null;
    }

    /// <summary>An identifier, or any text in double quotes; null after a complaint. The language's own namespace is a name like any other here.</summary>
    internal NameReference? TakeName(string expected)
    {
        var token = cursor.Current;
        if (cursor.TryTake(TokenKind.String)) return cursor.Unescape(token) is { } text ? new(text, token.Span) : null;
        if (cursor.TryTakeWord(Names.Cedar)) return new(Names.Cedar, token.Span);
        return PathReader.TakeName(cursor, expected) is { } name ? new(name, token.Span) : null;
    }

    internal bool TryReadAnnotations(out ImmutableArray<Annotation> annotations)
    {
        annotations = [];
        if (!cursor.Is(TokenKind.At)) return true;
        var found = ImmutableArray.CreateBuilder<Annotation>();
        var names = new HashSet<string>();
        while (cursor.TryTake(TokenKind.At))
        {
            var at = cursor.Current.Span;
            if (!cursor.Expect(TokenKind.Identifier, "the annotation's name")) return false;
            var name = cursor.Source.Slice(at).ToString();
            string? note = null;
            if (cursor.TryTake(TokenKind.OpenParen))
            {
                var text = cursor.Current;
                if (!cursor.Expect(TokenKind.String, "the annotation's text in double quotes")) return false;
                if ((note = cursor.Unescape(text)) is null || !cursor.Expect(TokenKind.CloseParen, "`)`")) return false;
            }

            if (!names.Add(name)) return cursor.Fail(at, $"the annotation {Quoting.Code(name)} is there twice");
            found.Add(new(name, note));
        }

        annotations = found.DrainToImmutable();
        return true;
    }

    private TypeExpression.Named? ReadNamed(string expected, NameKind kind) => TakePath(expected) is var (name, span) ? new(kind, name, span) : null;

    private TypeExpression.Set? ReadSet()
    {
        var start = cursor.Take().Span;
        cursor.Take();
        if (Read() is not { } element || !cursor.Expect(TokenKind.Greater, "`>`")) return null;
        return new(element, start.To(cursor.Previous.Span));
    }

    private TypeExpression.Record? ReadRecord()
    {
        var start = cursor.Take().Span;
        var attributes = ImmutableArray.CreateBuilder<AttributeDeclaration>();
        while (!cursor.Is(TokenKind.CloseBrace))
        {
            if (!TryReadAnnotations(out var notes) || TakeName("the name of an attribute, or `}`") is not { } name) return null;
            var isOptional = cursor.TryTake(TokenKind.Question);
            if (!cursor.Expect(TokenKind.Colon, isOptional ? "`:`" : "`:` or `?`") || Read() is not { } type) return null;
            attributes.Add(new(name, notes, !isOptional, type));
            if (!cursor.TryTake(TokenKind.Comma)) break;
        }

        return cursor.Expect(TokenKind.CloseBrace, "`,` or `}`") ? new(attributes.DrainToImmutable(), start.To(cursor.Previous.Span)) : null;
    }
}
