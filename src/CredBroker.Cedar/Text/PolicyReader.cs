using System.Collections.Immutable;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>Annotations, effect, scope, conditions, semicolon: one policy after another.</summary>
internal sealed class PolicyReader(TokenCursor cursor)
{
    private readonly ScopeReader _scope = new(cursor);
    private readonly ExpressionReader _expressions = new(cursor);

    /// <summary>The next policy; null after a complaint.</summary>
    internal CedarPolicy? Read()
    {
        var start = cursor.Current.Span;
        if (!TryReadAnnotations(out var annotations) || !TryReadEffect(out var effect)) return null;
        if (_scope.Read() is not var (principal, action, resource)) return null;
        if (!TryReadConditions(out var conditions)) return null;
        if (!cursor.Expect(TokenKind.Semicolon, "`when`, `unless` or `;`")) return null;
        return new()
        {
            Effect = effect,
            Annotations = annotations,
            Principal = principal,
            Action = action,
            Resource = resource,
            Conditions = conditions,
            Source = cursor.Source,
            Span = start.To(cursor.Previous.Span),
        };
    }

    private bool TryReadAnnotations(out ImmutableArray<Annotation> annotations)
    {
        annotations = [];
        if (!cursor.Is(TokenKind.At)) return true;
        var found = ImmutableArray.CreateBuilder<Annotation>();
        var names = new HashSet<string>();
        while (cursor.TryTake(TokenKind.At))
        {
            var at = cursor.Current.Span;
            // Any identifier, also a reserved word.
            if (!cursor.Expect(TokenKind.Identifier, "the annotation's name")) return false;
            var name = cursor.Source.Slice(at).ToString();
            if (!TryReadNote(out var note)) return false;
            if (!names.Add(name)) return cursor.Fail(at, $"the annotation {Quoting.Code(name)} is there twice");
            found.Add(new(name, note) { Span = at });
        }

        annotations = found.DrainToImmutable();
        return true;
    }

    private bool TryReadNote(out string? note)
    {
        note = null;
        if (!cursor.TryTake(TokenKind.OpenParen)) return true;
        var text = cursor.Current;
        if (!cursor.Expect(TokenKind.String, "the annotation's text in double quotes")) return false;
        note = cursor.Unescape(text);
        return note is not null && cursor.Expect(TokenKind.CloseParen, "`)`");
    }

    private bool TryReadEffect(out Effect effect)
    {
        effect = Effect.Permit;
        if (cursor.TryTakeWord("permit")) return true;
        effect = Effect.Forbid;
        return cursor.TryTakeWord("forbid") || cursor.FailHere("`permit` or `forbid`");
    }

    private bool TryReadConditions(out ImmutableArray<Condition> conditions)
    {
        conditions = [];
        if (!cursor.Is(TokenKind.Identifier)) return true;
        var found = ImmutableArray.CreateBuilder<Condition>();
        while (cursor.Is(TokenKind.Identifier))
        {
            if (!cursor.IsWord("when") && !cursor.IsWord("unless")) return cursor.FailHere("`when`, `unless` or `;`");
            var isUnless = cursor.IsWord("unless");
            var start = cursor.Take().Span;
            if (!cursor.Expect(TokenKind.OpenBrace, "`{`")) return false;
            if (cursor.Is(TokenKind.CloseBrace)) return cursor.Fail(start.To(cursor.Current.Span), "this condition is empty", "an expression");
            if (_expressions.Read() is not { } body || !cursor.Expect(TokenKind.CloseBrace, "an operator or `}`")) return false;
            found.Add(new(isUnless, body, start.To(cursor.Previous.Span)));
        }

        conditions = found.DrainToImmutable();
        return true;
    }
}
