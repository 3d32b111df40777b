namespace CredBroker.Cedar.Text;

/// <summary>Where a parser stands among the tokens. Its first complaint since <see cref="Recover"/> is kept, the ones that follow from it are not.</summary>
internal sealed class TokenCursor(List<Token> tokens, ErrorList errors)
{
    private int _at;
    private bool _isFailing;

    internal ErrorList Errors => errors;

    internal SourceText Source => errors.Source;

    internal Token Current => tokens[_at];

    /// <summary>The token that was taken last.</summary>
    internal Token Previous => tokens[Math.Max(0, _at - 1)];

    /// <summary>The characters of the current token.</summary>
    internal ReadOnlySpan<char> Word => Source.Slice(Current.Span);

    /// <summary>How many tokens were taken.</summary>
    internal int Position => _at;

    internal bool IsAtEnd => Current.Kind == TokenKind.End;

    internal bool Is(TokenKind kind) => Current.Kind == kind;

    internal bool IsWord(string word) => Is(TokenKind.Identifier) && Word.SequenceEqual(word);

    internal TokenKind Peek(int ahead) => _at + ahead < tokens.Count ? tokens[_at + ahead].Kind : TokenKind.End;

    internal Token Take()
    {
        var token = Current;
        if (token.Kind != TokenKind.End) _at++;
        return token;
    }

    internal bool TryTake(TokenKind kind)
    {
        if (!Is(kind)) return false;
        _at++;
        return true;
    }

    internal bool TryTakeWord(string word)
    {
        if (!IsWord(word)) return false;
        _at++;
        return true;
    }

    /// <summary>Takes a token of this kind, or complains about the one that is there.</summary>
    internal bool Expect(TokenKind kind, string expected) => TryTake(kind) || FailHere(expected);

    /// <summary>Complains about the current token. Always false.</summary>
    internal bool FailHere(string expected) => Fail(Current.Span, IsAtEnd ? "the text ends here" : $"unexpected {Quoting.Code(Word)}", expected);

    /// <summary>Complains about a place. Always false.</summary>
    internal bool Fail(SourceSpan span, string problem, string? expected = null)
    {
        if (!_isFailing) errors.Add(span, problem, expected);
        _isFailing = true;
        return false;
    }

    /// <summary>False, with a complaint, when a list already has all the elements that it may have.</summary>
    internal bool MayGrow(int count) => count < CedarLimits.MaxElements || Fail(Current.Span, "too many elements", Expected.AtMost(CedarLimits.MaxElements));

    /// <summary>What a string token says; null, with a complaint, when it has an escape that is none.</summary>
    internal string? Unescape(Token token, bool isPattern = false)
    {
        if (StringLiteral.TryUnescape(token, errors, isPattern, out var value)) return value;
        _isFailing = true;
        return null;
    }

    /// <summary>After a complaint: goes on behind the next semicolon.</summary>
    internal void Recover()
    {
        while (!IsAtEnd && !TryTake(TokenKind.Semicolon)) _at++;
        _isFailing = false;
    }

    /// <summary>
    /// After a complaint about a declaration that began at a position: goes on behind its semicolon, or before the brace that closes
    /// what it is in.
    /// </summary>
    internal void RecoverInBlock(int start)
    {
        var depth = 0;
        for (_at = start; !IsAtEnd; _at++)
        {
            if (Is(TokenKind.OpenBrace)) depth++;
            if (Is(TokenKind.CloseBrace) && --depth < 0) break;
            if (depth > 0 || !Is(TokenKind.Semicolon)) continue;
            _at++;
            break;
        }

        _isFailing = false;
    }
}
