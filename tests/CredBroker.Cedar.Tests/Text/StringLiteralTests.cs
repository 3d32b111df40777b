using System.Text;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Strings: every text can be written, and reads back as it was.</summary>
public sealed class StringLiteralTests
{
    [Theory]
    [InlineData("\\\"\\\\\\n\\r\\t\\0\\'", "\"\\\n\r\t\0'")]
    [InlineData("\\x00\\x41\\x7F\\x7f", "\0A\u007f\u007f")]
    [InlineData("\\u{41}\\u{000041}\\u{4_1}\\u{4_}\\u{10FFFF}", "AAA\u0004\udbff\udfff")]
    [InlineData("a\nb\0c", "a\nb\0c")]
    [InlineData("😀é", "😀é")]
    public void An_escape_stands_for_a_character(string written, string text)
    {
        var literal = Assert.IsType<Literal>(Make.Expression($"\"{written}\""));

        Assert.Equal(CedarValue.Of(text), literal.Value);
    }

    [Theory]
    [InlineData("\\u{110000}")]
    [InlineData("\\u{dfff}")]
    [InlineData("\\u{g}")]
    [InlineData("\\u41")]
    [InlineData("\\u{41")]
    [InlineData("\\U{41}")]
    [InlineData("\\x")]
    [InlineData("\\xg0")]
    [InlineData("\\xff")]
    [InlineData("\\b")]
    [InlineData("\\/")]
    [InlineData("\\ ")]
    [InlineData("\\é")]
    [InlineData("\\😀")]
    [InlineData("a\\*")]
    public void These_are_no_escapes(string written)
    {
        var error = Make.Error(Make.When($"\"ab{written}\" == 1"));

        Assert.Contains("is not an escape", error.Message, StringComparison.Ordinal);
        Assert.Equal(Make.When("\"ab").IndexOf("ab", StringComparison.Ordinal) + 3 + (written[0] == 'a' ? 1 : 0), error.At!.Value.Column);
    }

    [Theory]
    [InlineData("a", "\"a\"")]
    [InlineData("\"\\\n\r\t\0'", "\"\\\"\\\\\\n\\r\\t\\0'\"")]
    [InlineData("\u0001\u007f\u0085\u200b\u2028\ufeff", "\"\\u{1}\\u{7f}\\u{85}\\u{200b}\\u{2028}\\u{feff}\"")]
    [InlineData("é😀", "\"é😀\"")]
    public void What_cannot_be_seen_is_written_as_an_escape(string text, string written)
    {
        var output = new StringBuilder();
        StringLiteral.AppendQuoted(output, text);

        Assert.Equal(written, output.ToString());
    }

    [Fact]
    public void Every_text_reads_back_as_it_was()
    {
        var texts = Gen.ListOf(Gen.Choose(0, 0x10ffff).Where(Rune.IsValid)).Select(codes => string.Concat(codes.Select(code => new Rune(code).ToString())));

        Properties.Hold(Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var literal = new Literal(CedarValue.Of(text));
            var like = new LikeExpression(literal, new([text, "", text + "*"]));
            var uid = new Literal(CedarValue.Of(new EntityUid(EntityType.Parse("A"), text)));
            return new Expression[] { literal, like, uid, new AttributeAccess(literal, text), new AttributeTest(literal, [text]), new RecordExpression([new(text, uid)]) }
                .All(tree => Make.Expression(tree.ToString()).Equals(tree));
        }), 2_000);
    }

    [Theory]
    [InlineData("a*b", new[] { "a", "b" })]
    [InlineData("*", new[] { "", "" })]
    [InlineData("**", new[] { "", "", "" })]
    [InlineData("\\*", new[] { "*" })]
    [InlineData("\U0001042a\\*\U0001042a*\\*\\*", new[] { "\U0001042a*\U0001042a", "**" })]
    [InlineData("\\**\\*", new[] { "*", "*" })]
    [InlineData("\\x2a\\u{2A}", new[] { "", "", "" })]
    [InlineData("\\\\*", new[] { "\\", "" })]
    [InlineData("", new[] { "" })]
    public void A_pattern_has_pieces_between_its_stars(string written, string[] pieces)
    {
        var like = Assert.IsType<LikeExpression>(Make.Expression($"\"\" like \"{written}\""));

        Assert.Equal(pieces, like.Pattern.Pieces);
        Assert.Equal(like, Make.Expression(like.ToString()));
    }
}
