using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Tests.Catalog.Yaml;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("owner: Zoë # größer, 日本, 😀\n\tindented\r\n")]
    public void Text_in_UTF8_passes_unchanged(string text)
    {
        var errors = new CatalogErrors();

        Assert.Equal(text, SourceText.Decode("a.yaml", Encoding.UTF8.GetBytes(text), errors));
        Assert.Empty(errors.InReadingOrder());
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xff }, 2, 2)]          // never a byte of UTF-8
    [InlineData(new byte[] { 0xc0, 0x80 }, 1, 1)]                                      // overlong NUL
    [InlineData(new byte[] { (byte)'a', 0xed, 0xa0, 0x80 }, 1, 2)]                     // a surrogate
    [InlineData(new byte[] { (byte)'a', (byte)'b', 0xe2, 0x82 }, 1, 3)]                // cut short
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 }, 1, 1)]                          // beyond U+10FFFF
    public void Bytes_that_are_not_UTF8_are_refused_where_they_are(byte[] content, int line, int column)
    {
        var error = Refused(content);

        Assert.Equal(new("a.yaml", line, column), error.At);
        Assert.Equal("not UTF-8", error.Problem);
    }

    [Theory]
    [InlineData("a: 1\n§\0b: 2\n", "U+0000")]                // YamlDotNet takes it for the end
    [InlineData("a: 1§\u0085b: 2\n", "U+0085")]              // a line break to YAML 1.1, not to an editor
    [InlineData("a: 1§\u2028b: 2\n", "U+2028")]
    [InlineData("a: 1§\u2029b: 2\n", "U+2029")]
    [InlineData("a: 1§\rb: 2\n", "U+000D")]
    [InlineData("a: 1\n§\u001bb: 2\n", "U+001B")]
    [InlineData("a: §\u202eb\n", "U+202E")]                  // CVE-2021-42574
    [InlineData("a: §\u2066b\n", "U+2066")]
    [InlineData("§\ufeffa: 1\n", "U+FEFF")]
    [InlineData("a: 1 # x\n# §\u007f\n", "U+007F")]
    public void Characters_that_read_other_than_they_show_are_refused(string marked, string says)
    {
        var (text, marks) = CatalogText.Unmark(marked);
        var error = Refused(Encoding.UTF8.GetBytes(text));

        Assert.Equal(Assert.Single(marks) with { File = "a.yaml" }, error.At);
        Assert.Contains(says, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_over_the_cap_is_refused_before_it_is_read()
    {
        Assert.NotNull(SourceText.Decode("a.yaml", Enumerable.Repeat((byte)'a', SourceText.MaxBytes).ToArray(), new CatalogErrors()));

        var errors = new CatalogErrors();
        Assert.Null(SourceText.Decode("a.yaml", Enumerable.Repeat((byte)0xff, SourceText.MaxBytes + 1).ToArray(), errors));
        Assert.Equal("a.yaml:1:1: 1048577 bytes; expected at most 1048576", Assert.Single(errors.InReadingOrder()).ToString());
    }

    private static CatalogError Refused(byte[] content)
    {
        var errors = new CatalogErrors();
        Assert.Null(SourceText.Decode("a.yaml", content, errors));
        var error = Assert.Single(errors.InReadingOrder());
        Assert.Equal(CatalogErrorKind.BadEncoding, error.Kind);
        return error;
    }
}
