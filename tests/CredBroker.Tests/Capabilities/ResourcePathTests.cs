using System.Text;
using CredBroker.Core.Capabilities;
using FsCheck.Fluent;

namespace CredBroker.Tests.Capabilities;

public sealed class ResourcePathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("acme/api/issues/17")]
    [InlineData("Acme/API")]
    [InlineData("...")]
    [InlineData("a/.hidden/..x/x..")]
    [InlineData("mail/alice+tag@example.org")]
    [InlineData("db/table(1),x=2:y&z!$'~-_")]
    [InlineData("my drive/two words")]
    public void A_canonical_path_is_read_and_written_as_it_was(string text)
    {
        Assert.True(ResourcePath.TryParse(text, out var path));
        Assert.Equal(text, path.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/./b")]
    [InlineData("a/../b")]
    [InlineData("../a")]
    [InlineData("a/..")]
    [InlineData("a%2fb")]
    [InlineData("a%")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a/..;/b")]
    [InlineData("a*")]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a/ b")]
    [InlineData("a /b")]
    [InlineData(" ")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u007fb")]
    [InlineData("a\u00a0b")]
    [InlineData("\u0430cme")]              // Cyrillic a
    [InlineData("\u00e9")]                 // e acute, composed
    [InlineData("e\u0301")]                // and not
    [InlineData("a\u202eb")]
    [InlineData("\uff0e\uff0e/a")]         // full-width dots
    [InlineData("a\"b")]
    [InlineData("a<b>")]
    [InlineData("a|b")]
    [InlineData("[a]")]
    [InlineData("{a}")]
    [InlineData("a`b")]
    [InlineData("a^b")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(ResourcePath.TryParse(text, out var path));
        Assert.True(path.IsNone);
        Assert.Equal("", path.ToString());
    }

    [Fact]
    public void A_path_has_at_most_1024_characters()
    {
        Assert.True(ResourcePath.TryParse(new string('a', 1024), out _));
        Assert.False(ResourcePath.TryParse(new string('a', 1025), out _));
    }

    [Fact]
    public void The_documented_characters_are_the_allowed_ones_and_no_others()
    {
        const string Documented = "-._~!$&'()+,=:@ /";
        for (var character = '\0'; character < 0x0250; character++)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || Documented.Contains(character);
            Assert.Equal(allowed, ResourcePath.TryParse($"a{character}b", out _));
        }
    }

    [Fact]
    public void What_is_accepted_has_one_spelling_for_everyone_who_reads_it()
    {
        var characters = Gen.Elements('a', 'B', '/', '.', ' ', '%', '*', '\\', '-', ';', '\u0301', 'é', '\n');
        var texts = characters.ListOf().Select(list => string.Concat(list));
        Properties.Hold(Prop.ForAll(texts.ToArbitrary(), text => !ResourcePath.TryParse(text, out var path) || IsOneSpelling(path.ToString())), 5000);
    }

    // What other programs do to paths changes nothing: resolving dots, unescaping, normalising, trimming, joining.
    private static bool IsOneSpelling(string path) =>
        new Uri("http://h/" + path.Replace(" ", "%20", StringComparison.Ordinal)).AbsolutePath
            == "/" + path.Replace(" ", "%20", StringComparison.Ordinal)
        && Uri.UnescapeDataString(path) == path
        && path.All(char.IsAscii)
        && Encoding.UTF8.GetByteCount(path) <= 1024
        && string.Join('/', path.Split('/', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) == path;
}
