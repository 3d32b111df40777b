using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Tokens: white space, comments, signs, and what has no meaning.</summary>
public sealed class LexerTests
{
    [Fact]
    public void Every_sign_is_a_token() => Assert.Equal(
        [
            TokenKind.At, TokenKind.Dot, TokenKind.Comma, TokenKind.Semicolon, TokenKind.Colon, TokenKind.DoubleColon, TokenKind.OpenParen, TokenKind.CloseParen,
            TokenKind.OpenBrace, TokenKind.CloseBrace, TokenKind.OpenBracket, TokenKind.CloseBracket, TokenKind.Equal, TokenKind.NotEqual, TokenKind.Less,
            TokenKind.LessOrEqual, TokenKind.Greater, TokenKind.GreaterOrEqual, TokenKind.Or, TokenKind.And, TokenKind.Plus, TokenKind.Minus, TokenKind.Star,
            TokenKind.Slash, TokenKind.Percent, TokenKind.Not, TokenKind.Assign, TokenKind.Question, TokenKind.End,
        ], Kinds("@ . , ; : :: ( ) { } [ ] == != < <= > >= || && + - * / % ! = ?"));

    [Theory]
    [InlineData("a::b", "Identifier DoubleColon Identifier End")]
    [InlineData("a:::b", "Identifier DoubleColon Colon Identifier End")]
    [InlineData("a===b", "Identifier Equal Assign Identifier End")]
    [InlineData("!==", "NotEqual Assign End")]
    [InlineData("<<=", "Less LessOrEqual End")]
    [InlineData("1a", "Integer Identifier End")]
    [InlineData("a1_", "Identifier End")]
    [InlineData("_", "Identifier End")]
    [InlineData("12345678901234567890123", "Integer End")]
    [InlineData("?principal", "Slot End")]
    [InlineData("?x?", "Slot Question End")]
    [InlineData("? x", "Question Identifier End")]
    [InlineData("?1", "Question Integer End")]
    [InlineData("\"a\\\"b\"\"\"", "String String End")]
    [InlineData("\"a\nb\0\"", "String End")]
    [InlineData("a//b\nc", "Identifier Identifier End")]
    [InlineData("a//b\rc", "Identifier Identifier End")]
    [InlineData("a//", "Identifier End")]
    [InlineData("///\n//", "End")]
    [InlineData("a/b", "Identifier Slash Identifier End")]
    [InlineData("\"//\"", "String End")]
    public void A_text_has_these_tokens(string text, string kinds) => Assert.Equal(kinds, string.Join(' ', Kinds(text)));

    [Theory]
    [InlineData('\t')]
    [InlineData('\n')]
    [InlineData('\v')]
    [InlineData('\f')]
    [InlineData('\r')]
    [InlineData(' ')]
    [InlineData('\u0085')]
    [InlineData('\u00a0')]
    [InlineData('\u1680')]
    [InlineData('\u2000')]
    [InlineData('\u2009')]
    [InlineData('\u2028')]
    [InlineData('\u2029')]
    [InlineData('\u202f')]
    [InlineData('\u205f')]
    [InlineData('\u3000')]
    public void White_space_is_what_Unicode_calls_so(char blank) => Assert.Equal([TokenKind.Identifier, TokenKind.Identifier, TokenKind.End], Kinds($"a{blank}b"));

    [Theory]
    [InlineData("\ufeff")]
    [InlineData("\u200b")]
    [InlineData("\u180e")]
    [InlineData("é")]
    [InlineData("a\0")]
    [InlineData("#")]
    [InlineData("$")]
    [InlineData("^")]
    [InlineData("~")]
    [InlineData("\\")]
    [InlineData("`")]
    [InlineData("&")]
    [InlineData("|")]
    [InlineData("'")]
    [InlineData("😀")]
    [InlineData("١")]
    public void These_characters_have_no_meaning(string text)
    {
        Read(text, out var errors);

        Assert.Contains("has no meaning here", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_know_their_places()
    {
        var tokens = Read("ab  \"c\\\"d\" //x\n::", out var errors);

        Assert.Empty(errors);
        Assert.Equal([new(0, 2), new(4, 10), new(15, 17), new(17, 17)], tokens.Select(token => token.Span));
    }

    [Fact]
    public void All_characters_without_meaning_are_reported()
    {
        Read("a # b\n$", out var errors);

        Assert.Equal(["x:1:3", "x:2:1"], errors.Select(error => error.At.ToString()));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("_a1", true)]
    [InlineData("when", true)]
    [InlineData("principal", true)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("if", false)]
    [InlineData("has", false)]
    [InlineData("true", false)]
    [InlineData("__cedar", false)]
    public void A_name_without_quotes_is_an_identifier_that_is_not_reserved(string text, bool isPlain) => Assert.Equal(isPlain, Names.IsPlain(text));

    private static TokenKind[] Kinds(string text)
    {
        var tokens = Read(text, out var errors);
        Assert.Empty(errors);
        return [.. tokens.Select(token => token.Kind)];
    }

    private static List<Token> Read(string text, out CedarError[] errors)
    {
        var list = new ErrorList(new("x", text));
        var tokens = Lexer.Read(list);
        errors = [.. list.ToArray()];
        return tokens;
    }
}
