using System.Globalization;

namespace CredBroker.Cedar.Text;

/// <summary>Cuts a text into tokens. White space is Unicode's, identifiers are ASCII, a comment runs from <c>//</c> to the end of its line.</summary>
internal sealed class Lexer
{
    private readonly string _text;
    private readonly ErrorList _errors;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(ErrorList errors) => (_text, _errors) = (errors.Source.Text, errors);

    /// <summary>All tokens, the last of them <see cref="TokenKind.End"/>. Where there are errors there is nothing worth parsing.</summary>
    internal static List<Token> Read(ErrorList errors)
    {
        var lexer = new Lexer(errors);
        var source = errors.Source;
        if (source.Text.Length > CedarLimits.MaxTextLength)
            errors.Add(default, string.Create(CultureInfo.InvariantCulture, $"{source.Text.Length} characters are too many"), Text.Expected.AtMost(CedarLimits.MaxTextLength));
        else if (source.IndexOfLoneSurrogate() is >= 0 and var lone)
            errors.Add(new(lone, lone + 1), "half a surrogate pair is not a character", "well-formed Unicode text");
        else
            lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        for (SkipBlanks(); _at < _text.Length && !_errors.IsFull; SkipBlanks())
            ReadToken();
        _tokens.Add(new(TokenKind.End, _text.Length, _text.Length));
    }

    private void SkipBlanks()
    {
        for (; _at < _text.Length; _at++)
        {
            if (char.IsWhiteSpace(_text[_at])) continue;
            if (!_text.AsSpan(_at).StartsWith("//")) return;
            var rest = _text.AsSpan(_at).IndexOfAny('\n', '\r');
            _at = rest < 0 ? _text.Length - 1 : _at + rest;
        }
    }

    private void ReadToken()
    {
        var c = _text[_at];
        if (Names.IsStart(c))
            Take(TokenKind.Identifier, Run(_at, Names.IsPart));
        else if (char.IsAsciiDigit(c))
            Take(TokenKind.Integer, Run(_at, char.IsAsciiDigit));
        else if (c == '"')
            ReadString();
        else if (c == '?' && Names.IsStart(Peek(1)))
            Take(TokenKind.Slot, Run(_at + 1, Names.IsPart));
        else
            ReadSign(c);
    }

    private void ReadString()
    {
        var start = _at;
        for (var i = start + 1; i < _text.Length; i++)
        {
            if (_text[i] == '"')
            {
                Take(TokenKind.String, i + 1);
                return;
            }

            // What follows the backslash is looked at when the string is unescaped; here it only must not end the string.
            if (_text[i] == '\\' && ++i < _text.Length && _text[i] == '\n') break;
        }

        _errors.Add(new(start, start + 1), "this string is not closed", "`\"` at its end");
        _at = _text.Length;
    }

    private void ReadSign(char c)
    {
        var (kind, length) = (c, Peek(1)) switch
        {
            (':', ':') => (TokenKind.DoubleColon, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('&', '&') => (TokenKind.And, 2),
            ('@', _) => (TokenKind.At, 1),
            ('.', _) => (TokenKind.Dot, 1),
            (',', _) => (TokenKind.Comma, 1),
            (';', _) => (TokenKind.Semicolon, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('(', _) => (TokenKind.OpenParen, 1),
            (')', _) => (TokenKind.CloseParen, 1),
            ('{', _) => (TokenKind.OpenBrace, 1),
            ('}', _) => (TokenKind.CloseBrace, 1),
            ('[', _) => (TokenKind.OpenBracket, 1),
            (']', _) => (TokenKind.CloseBracket, 1),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            ('!', _) => (TokenKind.Not, 1),
            ('=', _) => (TokenKind.Assign, 1),
            ('?', _) => (TokenKind.Question, 1),
            _ => (TokenKind.End, 0),
        };
        if (length > 0)
            Take(kind, _at + length);
        else
            Refuse(c);
    }

    private void Refuse(char c)
    {
        var length = char.IsHighSurrogate(c) ? 2 : 1;
        var expected = c switch
        {
            '&' => "`&&`",
            '|' => "`||`",
            '\'' => "a string in double quotes",
            _ => null,
        };
        _errors.Add(new(_at, _at + length), $"the character {Quoting.Code(_text.AsSpan(_at, length))} has no meaning here", expected);
        _at += length;
    }

    private void Take(TokenKind kind, int end)
    {
        _tokens.Add(new(kind, _at, end));
        _at = end;
    }

    private int Run(int from, Func<char, bool> belongs)
    {
        while (from < _text.Length && belongs(_text[from])) from++;
        return from;
    }

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';
}
