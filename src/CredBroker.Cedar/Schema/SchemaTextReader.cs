using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Schema;

/// <summary>Namespaces and declarations, from text. After a mistake reading goes on with the next declaration.</summary>
internal sealed class SchemaTextReader(TokenCursor cursor)
{
    private const string Declarations = "`entity`, `action`, `type`";

    private readonly SchemaNamespace _outside = new("", []);
    private readonly Dictionary<string, SchemaNamespace> _namespaces = [];
    private readonly SchemaTypeReader _types = new(cursor);

    /// <summary>What a text declares; null after a complaint.</summary>
    internal static SchemaDocument? Read(ErrorList errors)
    {
        var tokens = Lexer.Read(errors);
        return errors.Count > 0 ? null : new SchemaTextReader(new(tokens, errors)).ReadAll();
    }

    private SchemaDocument? ReadAll()
    {
        while (!cursor.IsAtEnd && !cursor.Errors.IsFull)
        {
            var start = cursor.Position;
            if (!_types.TryReadAnnotations(out var notes) || !ReadTop(notes)) cursor.RecoverInBlock(start);
            if (cursor.Is(TokenKind.CloseBrace) && cursor.Position == start) cursor.Take();
        }

        if (cursor.Errors.Count > 0) return null;
        return new([.. _outside is { Entities: [], Actions: [], Types: [] } ? [] : new[] { _outside }, .. _namespaces.Values]);
    }

    private bool ReadTop(ImmutableArray<Annotation> notes)
    {
        if (!cursor.IsWord("namespace")) return ReadDeclaration(_outside, notes, "`namespace`");
        cursor.Take();
        if (_types.TakePath("the namespace's name") is not var (name, span)) return false;
        if (name.Split("::").Contains(Names.Cedar)) return cursor.Fail(span, "`__cedar` is the language's own namespace", "another name");
        if (_namespaces.ContainsKey(name)) return cursor.Fail(span, $"the namespace {Quoting.Code(name)} is there twice", "all its declarations in one place");
        var into = new SchemaNamespace(name, notes);
        _namespaces.Add(name, into);
        if (!cursor.Expect(TokenKind.OpenBrace, "`{`")) return false;
        while (!cursor.IsAtEnd && !cursor.Is(TokenKind.CloseBrace) && !cursor.Errors.IsFull)
        {
            var start = cursor.Position;
            if (!_types.TryReadAnnotations(out var inner) || !ReadDeclaration(into, inner, "`}`")) cursor.RecoverInBlock(start);
        }

        return cursor.Expect(TokenKind.CloseBrace, $"{Declarations} or `}}`");
    }

    private bool ReadDeclaration(SchemaNamespace into, ImmutableArray<Annotation> notes, string otherwise)
    {
        if (cursor.TryTakeWord("entity")) return ReadEntities(into, notes);
        if (cursor.TryTakeWord("action")) return ReadActions(into, notes);
        return cursor.TryTakeWord("type") ? ReadType(into, notes) : cursor.FailHere($"{Declarations} or {otherwise}");
    }

    private bool ReadType(SchemaNamespace into, ImmutableArray<Annotation> notes)
    {
        var span = cursor.Current.Span;
        if (PathReader.TakeName(cursor, "the type's name") is not { } name) return false;
        if (!cursor.Expect(TokenKind.Assign, "`=`") || _types.Read() is not { } type) return false;
        into.Types.Add(new(new(name, span), notes, type));
        return cursor.Expect(TokenKind.Semicolon, "`;`");
    }

    private bool ReadEntities(SchemaNamespace into, ImmutableArray<Annotation> notes)
    {
        var names = new List<NameReference>();
        do
        {
            var span = cursor.Current.Span;
            if (PathReader.TakeName(cursor, "the name of an entity type") is not { } name) return false;
            names.Add(new(name, span));
        }
        while (cursor.TryTake(TokenKind.Comma));
        return cursor.TryTakeWord("enum") ? ReadEnum(into, notes, names) : ReadShape(into, notes, names);
    }

    private bool ReadEnum(SchemaNamespace into, ImmutableArray<Annotation> notes, List<NameReference> names)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        if (!cursor.Expect(TokenKind.OpenBracket, "`[`")) return false;
        do
        {
            var token = cursor.Current;
            if (!cursor.Expect(TokenKind.String, "an id in double quotes") || cursor.Unescape(token) is not { } id) return false;
            ids.Add(id);
        }
        while (cursor.TryTake(TokenKind.Comma));
        if (!cursor.Expect(TokenKind.CloseBracket, "`,` or `]`")) return false;
        foreach (var name in names) into.Entities.Add(new(name, notes, [], null, null, ids.ToImmutable()));
        return cursor.Expect(TokenKind.Semicolon, "`;`");
    }

    private bool ReadShape(SchemaNamespace into, ImmutableArray<Annotation> notes, List<NameReference> names)
    {
        ImmutableArray<NameReference> parents = [];
        if (cursor.TryTakeWord("in") && !_types.TryReadEntityTypes(out parents)) return false;
        TypeExpression? shape = null;
        var isAssigned = cursor.TryTake(TokenKind.Assign);
        if (isAssigned || cursor.Is(TokenKind.OpenBrace))
        {
            if (!cursor.Is(TokenKind.OpenBrace)) return cursor.FailHere("`{`: the attributes, written out");
            if ((shape = _types.Read()) is null) return false;
        }

        TypeExpression? tags = null;
        if (cursor.TryTakeWord("tags") && (tags = _types.Read()) is null) return false;
        foreach (var name in names) into.Entities.Add(new(name, notes, parents, shape, tags, null));
        var expected = tags is not null ? "`;`" : shape is not null ? "`tags` or `;`" : parents.IsEmpty ? "`,`, `in`, `=`, `{`, `tags`, `enum` or `;`" : "`=`, `{`, `tags` or `;`";
        return cursor.Expect(TokenKind.Semicolon, expected);
    }

    private bool ReadActions(SchemaNamespace into, ImmutableArray<Annotation> notes)
    {
        var names = new List<NameReference>();
        do
        {
            if (_types.TakeName("the name of an action") is not { } name) return false;
            names.Add(name);
        }
        while (cursor.TryTake(TokenKind.Comma));
        ImmutableArray<ActionReference> parents = [];
        if (cursor.TryTakeWord("in") && !TryReadParents(out parents)) return false;
        AppliesTo? applies = null;
        if (cursor.TryTakeWord("appliesTo") && (applies = ReadAppliesTo()) is null) return false;
        if (cursor.TryTakeWord("attributes"))
        {
            if (!cursor.Expect(TokenKind.OpenBrace, "`{`")) return false;
            if (!cursor.Expect(TokenKind.CloseBrace, "`}`: actions have no attributes")) return false;
        }

        foreach (var name in names) into.Actions.Add(new(name, notes, parents, applies));
        return cursor.Expect(TokenKind.Semicolon, applies is null ? "`,`, `in`, `appliesTo` or `;`" : "`;`");
    }

    private bool TryReadParents(out ImmutableArray<ActionReference> parents)
    {
        parents = [];
        var found = ImmutableArray.CreateBuilder<ActionReference>();
        var isList = cursor.TryTake(TokenKind.OpenBracket);
        do
        {
            if (ReadParent() is not { } parent) return false;
            found.Add(parent);
        }
        while (isList && cursor.TryTake(TokenKind.Comma));
        parents = found.DrainToImmutable();
        return !isList || cursor.Expect(TokenKind.CloseBracket, "`,` or `]`");
    }

    private ActionReference? ReadParent()
    {
        const string expected = "the name of an action";
        if (!cursor.Is(TokenKind.Identifier)) return _types.TakeName(expected) is { } quoted ? new(null, quoted.Name, quoted.Span) : null;
        if (_types.TakePath(expected) is not var (path, span)) return null;
        if (!cursor.TryTake(TokenKind.DoubleColon))
        {
            if (!path.Contains(':', StringComparison.Ordinal)) return new(null, path, span);
            cursor.FailHere("`::` and the action's id in double quotes");
            return null;
        }

        var token = cursor.Current;
        if (!cursor.Expect(TokenKind.String, "the action's id in double quotes")) return null;
        return cursor.Unescape(token) is { } id ? new(path, id, span.To(token.Span)) : null;
    }

    private AppliesTo? ReadAppliesTo()
    {
        var start = cursor.Current.Span;
        if (!cursor.Expect(TokenKind.OpenBrace, "`{`")) return null;
        ImmutableArray<NameReference>? principals = null, resources = null;
        TypeExpression? context = null;
        do
        {
            var word = cursor.Current;
            var isKnown = word.Kind == TokenKind.Identifier && cursor.Word is "principal" or "resource" or "context";
            if (!isKnown)
            {
                cursor.FailHere("`principal`, `resource` or `context`");
                return null;
            }

            var isPrincipal = cursor.IsWord("principal");
            var isContext = cursor.IsWord("context");
            if (isContext ? context is not null : isPrincipal ? principals is not null : resources is not null)
            {
                cursor.Fail(word.Span, $"{Quoting.Code(cursor.Word)} is there twice");
                return null;
            }

            cursor.Take();
            if (!cursor.Expect(TokenKind.Colon, "`:`")) return null;
            if (isContext)
            {
                if ((context = _types.ReadContext()) is null) return null;
                continue;
            }

            var at = cursor.Current.Span;
            if (!_types.TryReadEntityTypes(out var list)) return null;
            if (list.IsEmpty)
            {
                cursor.Fail(at, "this list is empty", "entity types, or no `appliesTo` for an action that is never requested");
                return null;
            }

            if (isPrincipal) principals = list;
            else resources = list;
        }
        while (cursor.TryTake(TokenKind.Comma) && !cursor.Is(TokenKind.CloseBrace));
        if (!cursor.Expect(TokenKind.CloseBrace, "`,` or `}`")) return null;
        if (principals is { } p && resources is { } r) return new(p, r, context);
        cursor.Fail(start.To(cursor.Previous.Span), principals is null ? "there is no `principal` here" : "there is no `resource` here", "the types of both");
        return null;
    }
}
