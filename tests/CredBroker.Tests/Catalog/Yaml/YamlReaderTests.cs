using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Tests.Catalog.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Every_node_knows_its_line_and_column()
    {
        var root = Assert.IsType<YamlNode.Mapping>(Read("a: 1\nbb:\n  - x\n  - {c: 'd'}\n"));

        Assert.Equal((1, 1), Place(root.Entries[0].KeyAt));
        Assert.Equal((1, 4), Place(root.Entries[0].Value.At));
        Assert.Equal((2, 1), Place(root.Entries[1].KeyAt));
        var list = Assert.IsType<YamlNode.Sequence>(root.Entries[1].Value);
        Assert.Equal((3, 5), Place(list.Items[0].At));
        var inner = Assert.IsType<YamlNode.Mapping>(list.Items[1]);
        Assert.Equal((4, 5), Place(inner.At));
        Assert.Equal((4, 6), Place(inner.Entries[0].KeyAt));
        Assert.Equal((4, 9), Place(inner.Entries[0].Value.At));
    }

    [Fact]
    public void Quoted_and_plain_texts_are_told_apart()
    {
        var root = Assert.IsType<YamlNode.Sequence>(Read("[yes, 'yes', \"yes\", null, 'null', ~, '']"));

        Assert.Equal([true, false, false, true, false, true, false], root.Items.Select(i => ((YamlNode.Scalar)i).IsPlain));
        Assert.Equal([false, false, false, true, false, true, false], root.Items.Select(i => ((YamlNode.Scalar)i).IsNull));
    }

    [Fact]
    public void A_key_without_a_value_is_placed_at_the_key()
    {
        var root = Assert.IsType<YamlNode.Mapping>(Read("a: 1\n  \nb:\n\n\nc: 2\n"));

        Assert.Equal((3, 1), Place(root.Entries[1].Value.At));
    }

    [Fact]
    public void Lines_may_end_in_carriage_return_and_line_feed()
    {
        var root = Assert.IsType<YamlNode.Mapping>(Read("a: 1\r\nb: 2\r\n"));

        Assert.Equal((2, 4), Place(root.Entries[1].Value.At));
        Assert.Equal("2", ((YamlNode.Scalar)root.Entries[1].Value).Text);
    }

    [Theory]
    [InlineData("a: §&x 1\n", "anchors")]
    [InlineData("a: §&x {b: 1}\n", "anchors")]
    [InlineData("a: §&x [1]\n", "anchors")]
    [InlineData("a: §!!str 1\n", "tags")]
    [InlineData("a: §! 1\n", "tags")]
    [InlineData("a: §!mine [1]\n", "tags")]
    [InlineData("a: §!mine {b: 1}\n", "tags")]
    [InlineData("§!!map {b: 1}\n", "tags")]
    [InlineData("a: 1\n§<<: {b: 1}\n", "merge keys")]
    [InlineData("§%YAML 1.2\n---\na: 1\n", "directives")]
    [InlineData("§%TAG ! tag:example.test,2000:\n---\na: 1\n", "directives")]
    [InlineData("a: 1\n§---\nb: 1\n", "second document")]
    [InlineData("a: 1\n...\n§---\nb: 1\n", "second document")]
    [InlineData("---\na: 1\n§---\n", "second document")]
    public void What_hides_the_meaning_of_a_document_is_refused(string marked, string says) =>
        AssertOne(marked, CatalogErrorKind.YamlFeature, says);

    [Fact]
    public void An_alias_is_refused_where_it_stands_and_reading_goes_on()
    {
        var (text, marks) = CatalogText.Unmark("a: §&x 1\nb: §*x\nc: {d: 1, §d: 2}\n");
        var errors = new CatalogErrors();

        var root = Assert.IsType<YamlNode.Mapping>(YamlReader.Read("broker.yaml", Encoding.UTF8.GetBytes(text), errors));

        Assert.Equal(marks, errors.InReadingOrder().Select(e => e.At));
        Assert.IsType<YamlNode.Refused>(root.Entries[1].Value);
    }

    [Theory]
    [InlineData("a: 1\nb: 2\n§a: 3\n", "\"a\" is already given on line 1")]
    [InlineData("{a: 1, §'a': 2}", "\"a\" is already given on line 1")]
    [InlineData("x:\n  - a: 1\n    §\"\\u0061\": 2\n", "\"a\" is already given on line 2")]
    public void A_key_is_given_once(string marked, string says) => AssertOne(marked, CatalogErrorKind.DuplicateKey, says);

    [Theory]
    [InlineData("§[a]: 1\n")]
    [InlineData("? §{a: 1}\n: 1\n")]
    public void A_key_is_text(string marked) => AssertOne(marked, CatalogErrorKind.WrongType, "as a key");

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("\n\n")]
    public void An_empty_file_is_refused(string text) => AssertOne("§" + text, CatalogErrorKind.MissingKey, "empty");

    [Theory]
    [InlineData("a: [1, 2\n")]
    [InlineData("a: \"no end\n")]
    [InlineData("a: 1\n  b: 2\n")]
    [InlineData("a: 'x' y\n")]
    [InlineData("- a\nb: 1\n")]
    [InlineData("a:\n\tb: 1\n")]
    [InlineData("@a: 1\n")]
    public void What_is_not_YAML_is_one_error_with_a_place(string text)
    {
        var errors = new CatalogErrors();

        Assert.Null(YamlReader.Read("broker.yaml", Encoding.UTF8.GetBytes(text), errors));

        var error = Assert.Single(errors.InReadingOrder());
        Assert.Equal(CatalogErrorKind.Syntax, error.Kind);
        Assert.StartsWith("not YAML: ", error.Problem, StringComparison.Ordinal);
        Assert.InRange(error.At.Line, 1, 3);
    }

    [Theory]
    [InlineData("[", "]", 17)]
    [InlineData("{a: ", "}", 62)] // the sixteenth mapping's first key
    public void Deep_nesting_is_refused_where_it_gets_too_deep(string open, string close, int column)
    {
        var depth = YamlReader.MaxDepth;
        var fits = string.Concat(Enumerable.Repeat(open, depth - 1)) + "x" + string.Concat(Enumerable.Repeat(close, depth - 1));
        Assert.NotNull(Read(fits));

        var errors = new CatalogErrors();
        var tooDeep = string.Concat(Enumerable.Repeat(open, 100_000));
        Assert.Null(YamlReader.Read("broker.yaml", Encoding.UTF8.GetBytes(tooDeep), errors));

        var error = Assert.Single(errors.InReadingOrder());
        Assert.Equal(CatalogErrorKind.TooDeep, error.Kind);
        Assert.Equal(new("broker.yaml", 1, column), error.At);
    }

    private static YamlNode Read(string text)
    {
        var errors = new CatalogErrors();
        var root = YamlReader.Read("broker.yaml", Encoding.UTF8.GetBytes(text), errors);
        Assert.Empty(errors.InReadingOrder());
        return root!;
    }

    private static void AssertOne(string marked, CatalogErrorKind kind, string says)
    {
        var (text, marks) = CatalogText.Unmark(marked);
        var errors = new CatalogErrors();
        YamlReader.Read("broker.yaml", Encoding.UTF8.GetBytes(text), errors);

        var error = Assert.Single(errors.InReadingOrder());
        Assert.Equal(kind, error.Kind);
        Assert.Equal(Assert.Single(marks), error.At);
        Assert.Contains(says, error.Problem, StringComparison.Ordinal);
    }

    private static (int Line, int Column) Place(SourcePosition at) => (at.Line, at.Column);
}
