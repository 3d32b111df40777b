using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

/// <summary>The small readers that every section is made of.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("no", "no")]                       // what is written, not what YAML 1.1 makes of it
    [InlineData("012", "012")]
    [InlineData("1.10", "1.10")]
    [InlineData("2026-11-20", "2026-11-20")]
    [InlineData("'null'", "null")]
    [InlineData("\"a: b # c\"", "a: b # c")]
    [InlineData("ünï", "ünï")]
    public void Text_is_what_is_written(string yaml, string text)
    {
        var field = Field(yaml, out var errors);

        Assert.Equal(text, field.Text());
        Assert.Empty(errors.InReadingOrder());
    }

    [Theory]
    [InlineData("''", BadText)]
    [InlineData("\"a\\nb\"", BadText)]
    [InlineData("\"a\\0b\"", BadText)]
    [InlineData("null", MissingKey)]
    [InlineData("~", MissingKey)]
    [InlineData("", MissingKey)]
    [InlineData("[a]", WrongType)]
    [InlineData("{a: b}", WrongType)]
    public void What_is_no_line_of_text_is_refused(string yaml, CatalogErrorKind kind) => AssertRefused(yaml, f => f.Text(), kind);

    [Fact]
    public void Text_has_a_greatest_length()
    {
        Assert.Equal(10, Field(new string('a', 10), out _).Text("text", 10)?.Length);
        AssertRefused(new string('a', 11), f => f.Text("text", 10), BadText);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("-7", -7)]
    [InlineData("10", 10)]
    [InlineData("-10", -10)]
    public void A_number_has_one_spelling(string yaml, long value) => Assert.Equal(value, Field(yaml, out _).Integer(-10, 10));

    [Theory]
    [InlineData("11", OutOfRange)]
    [InlineData("-11", OutOfRange)]
    [InlineData("99999999999999999999", OutOfRange)]
    [InlineData("+7", WrongType)]
    [InlineData("-0", WrongType)]
    [InlineData("07", WrongType)]
    [InlineData("7.0", WrongType)]
    [InlineData("7e0", WrongType)]
    [InlineData("1_0", WrongType)]
    [InlineData("0o7", WrongType)]
    [InlineData("0x7", WrongType)]
    [InlineData("7 ", null)]
    [InlineData("'7'", WrongType)]
    [InlineData("٧", WrongType)]
    [InlineData("true", WrongType)]
    [InlineData("[7]", WrongType)]
    [InlineData("", MissingKey)]
    public void Every_other_spelling_of_a_number_is_refused(string yaml, CatalogErrorKind? kind)
    {
        if (kind is null)
            Assert.Equal(7, Field(yaml, out _).Integer(-10, 10));
        else
            AssertRefused(yaml, f => f.Integer(-10, 10), kind.Value);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void Truth_is_true_or_false(string yaml, bool value) => Assert.Equal(value, Field(yaml, out _).Bool());

    [Theory]
    [InlineData("yes")]
    [InlineData("on")]
    [InlineData("True")]
    [InlineData("TRUE")]
    [InlineData("1")]
    [InlineData("'true'")]
    [InlineData("\"false\"")]
    public void Every_other_truth_is_refused(string yaml) => AssertRefused(yaml, f => f.Bool(), WrongType);

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("1m", 60)]
    [InlineData("'2m'", 120)]
    public void A_length_of_time_lies_in_its_range(string yaml, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Field(yaml, out _).Duration(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2)));

    [Theory]
    [InlineData("9s", OutOfRange)]
    [InlineData("121s", OutOfRange)]
    [InlineData("60", WrongType)]
    [InlineData("1 m", WrongType)]
    [InlineData("PT1M", WrongType)]
    [InlineData("", MissingKey)]
    public void Other_lengths_of_time_are_refused(string yaml, CatalogErrorKind kind) =>
        AssertRefused(yaml, f => f.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2)), kind);

    [Fact]
    public void A_choice_is_one_of_its_words_and_case_matters()
    {
        Assert.Equal(2, Field("two", out _).OneOf(("one", 1), ("two", 2)));
        AssertRefused("Two", f => f.OneOf(("one", 1), ("two", 2)), WrongType, "\"field\" is Two; expected one or two; did you mean \"two\"?");
        AssertRefused("three", f => f.OneOf(("one", 1), ("two", 2)), WrongType, "\"field\" is three; expected one or two");
    }

    [Fact]
    public void A_list_has_items_and_a_greatest_length()
    {
        Assert.Equal(["a", "b"], Field("[a, b]", out _).Items("a word", 2).Select(i => i.Text()));
        AssertRefused("[a, b, c]", f => f.Items("a word", 2).FirstOrDefault(), OutOfRange, "\"field\" has 3 entries; expected at most 2");
        AssertRefused("[]", f => f.Items("a word", 2).FirstOrDefault(), OutOfRange, "\"field\" is an empty list; expected at least one item");
        AssertRefused("a", f => f.Items("a word", 2).FirstOrDefault(), WrongType, "\"field\" is a; expected a list, each item a word");
        AssertRefused("{a: b}", f => f.Items("a word", 2).FirstOrDefault(), WrongType, "\"field\" is a mapping; expected a list, each item a word");
    }

    [Fact]
    public void Named_things_have_a_greatest_number_and_may_be_none()
    {
        Assert.Equal(["a", "b"], Field("{a: 1, b: 2}", out _).Named("thing", 2).Select(n => n.Name));
        Assert.Empty(Field("{}", out var none).Named("thing", 2));
        Assert.Empty(none.InReadingOrder());
        AssertRefused("{a: 1, b: 2, c: 3}", f => f.Named("thing", 2).Select(n => n.Field).FirstOrDefault(), OutOfRange, "\"field\" has 3 entries; expected at most 2");
        AssertRefused("[a]", f => f.Named("thing", 2).Select(n => n.Field).FirstOrDefault(), WrongType, "\"field\" is a list; expected a mapping from thing names");
    }

    [Fact]
    public void A_refused_value_is_reported_once_and_then_passed_over_in_silence()
    {
        var field = Field("*alias", out var errors);

        Assert.Null(field.Text());
        Assert.Null(field.Integer(0, 1));
        Assert.Null(field.Fields("a"));
        Assert.Empty(field.Items("a word", 1));
        Assert.Equal(YamlFeature, Assert.Single(errors.InReadingOrder()).Kind);
    }

    [Fact]
    public void A_key_that_stands_for_a_missing_one_is_reported_once()
    {
        var field = Field("{ownr: a}", out var errors);
        var keys = field.Fields("owner", "class")!;

        Assert.Null(keys.Must("owner"));
        Assert.Null(keys.Must("class"));
        Assert.Equal([MissingKey, UnknownKey], errors.InReadingOrder().Select(e => e.Kind));
        Assert.Contains("\"class\" is missing", errors.InReadingOrder()[0].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{one: 1}", "one")]
    [InlineData("{two: 1}", "two")]
    public void Exactly_one_of_several_keys_is_taken(string yaml, string key) =>
        Assert.Equal(key, Field(yaml, out _).Fields("one", "two")!.ExactlyOne("one", "two")?.Key);

    private static void AssertRefused(string yaml, Func<Field, object?> read, CatalogErrorKind kind, string? message = null)
    {
        Assert.Null(read(Field(yaml, out var errors)));

        var error = Assert.Single(errors.InReadingOrder());
        Assert.Equal(kind, error.Kind);
        Assert.Equal("f", error.At.File);
        if (message is not null)
            Assert.Equal($"f:1:8: {message}", error.ToString());
    }

    private static Field Field(string yaml, out CatalogErrors errors)
    {
        errors = new CatalogErrors();
        var root = YamlReader.Read("f", Encoding.UTF8.GetBytes($"field: {yaml}\n"), errors);
        var entry = Assert.IsType<YamlNode.Mapping>(root).Entries.Single();
        return new Field("\"field\"", entry.KeyAt, entry.Value, errors);
    }
}
