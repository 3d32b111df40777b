using System.Text;
using System.Text.Json;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Tests;
using FsCheck.Fluent;
using JsonReader = CredBroker.Cedar.Json.JsonReader;

namespace CredBroker.Cedar.Tests.Json;

/// <summary>JSON, as strict as the platform's reader, with the place of everything, and without recursion.</summary>
public sealed class JsonReaderTests
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 1_000 };

    [Theory]
    [InlineData("null")]
    [InlineData(" true ")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-12.50e+3")]
    [InlineData("1E5")]
    [InlineData("\"\"")]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"")]
    [InlineData("[]")]
    [InlineData("[ ]")]
    [InlineData("{}")]
    [InlineData("[1,[2,[]],{}]")]
    [InlineData("{\"a\":{\"b\":[]},\"c\":null}")]
    [InlineData("\r\n\t [ 1 , 2 ] ")]
    [InlineData("\"\u007f\u2028\"")]
    public void These_are_json(string text)
    {
        Assert.NotNull(Read(text, out _));
        Assert.True(IsJson(text));
    }

    [Theory]
    [InlineData("", "a JSON value")]
    [InlineData("nul", "a JSON value")]
    [InlineData("True", "a JSON value")]
    [InlineData("01", "`01` is not a number")]
    [InlineData("-", "is not a number")]
    [InlineData("+1", "a JSON value")]
    [InlineData(".5", "a JSON value")]
    [InlineData("1.", "is not a number")]
    [InlineData("1e", "is not a number")]
    [InlineData("1e+", "is not a number")]
    [InlineData("-01", "`-01` is not a number")]
    [InlineData("0x1", "the end of the text")]
    [InlineData("\"", "`\"` at the end")]
    [InlineData("\"\n\"", "below U+0020")]
    [InlineData("\"\\x\"", "`\\\\`")]
    [InlineData("\"\\u12\"", "four digits")]
    [InlineData("\"\\u 123\"", "four digits")]
    [InlineData("\"\\u12\0\0\"", "four digits")]
    [InlineData("\"\\u004\0\"", "four digits")]
    [InlineData("\"\\u+041\"", "four digits")]
    [InlineData("\"\\u00\uff14\uff11\"", "four digits")]
    [InlineData("1\0\0", "the end of the text")]
    [InlineData("\"\\ud83d\"", "a pair")]
    [InlineData("\"\\ud83d\\u0041\"", "a pair")]
    [InlineData("\"\\ude00\"", "a pair")]
    [InlineData("\"\\", "`\\\\`")]
    [InlineData("'a'", "a JSON value")]
    [InlineData("[", "a JSON value")]
    [InlineData("[1", "`,` or `]`")]
    [InlineData("[1,]", "a JSON value")]
    [InlineData("[,1]", "a JSON value")]
    [InlineData("[1 2]", "`,` or `]`")]
    [InlineData("[1}", "`,` or `]`")]
    [InlineData("{", "a name")]
    [InlineData("{a:1}", "a name")]
    [InlineData("{\"a\"}", "`:`")]
    [InlineData("{\"a\":}", "a JSON value")]
    [InlineData("{\"a\":1,}", "a name")]
    [InlineData("{\"a\":1]", "`,` or `}`")]
    [InlineData("1 2", "the end of the text")]
    [InlineData("[] []", "the end of the text")]
    [InlineData("/**/1", "a JSON value")]
    [InlineData("1//x", "the end of the text")]
    [InlineData("\u00a01", "a JSON value")]
    [InlineData("\ufeff1", "a JSON value")]
    [InlineData("1\0", "the end of the text")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "twice")]
    public void These_are_not(string text, string because)
    {
        Assert.Null(Read(text, out var error));
        Assert.Contains(because, error!.Message, StringComparison.Ordinal);
        Assert.False(IsJson(text));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_wherever_it_is()
    {
        Assert.Null(Read("\"\ud800\"", out var error));
        Assert.Equal("x.json:1:2: half a surrogate pair is not a character; expected well-formed Unicode text", error!.ToString());
    }

    [Fact]
    public void Everything_has_its_place()
    {
        const string text = "{\n  \"a\": [1, true],\n  \"b\": {\"c\": \"d\"}\n}";
        var root = Read(text, out _)!;

        Assert.Equal("[1, true]", text[root.Find("a")!.Span.Start..root.Find("a")!.Span.End]);
        Assert.Equal("\"d\"", text[root.Find("b")!.Find("c")!.Span.Start..root.Find("b")!.Find("c")!.Span.End]);
        Assert.Equal("\"b\"", text[root.Members[1].NameSpan.Start..root.Members[1].NameSpan.End]);
        Assert.Equal("d", root.Find("b")!.FindText("c"));
        Assert.Null(root.Find("d"));
        Assert.Null(root.FindText("a"));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Nesting_takes_no_stack(string open, string close)
    {
        string Nest(int levels) => string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));

        Assert.NotNull(Read(Nest(CedarLimits.MaxJsonDepth), out _));
        Assert.Null(Read(Nest(CedarLimits.MaxJsonDepth + 1), out var error));
        Assert.Contains("levels", error!.Message, StringComparison.Ordinal);
        Assert.Null(Read(string.Concat(Enumerable.Repeat(open, 1_000_000)), out _));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100_000)]
    public void A_repeated_name_is_found_among_any_number(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"n{i}\":{i}"));

        Assert.Equal(count, Read("{" + members + "}", out _)!.Members.Count);
        Assert.Null(Read("{" + members + $",\"n{count - 1}\":0}}", out var error));
        Assert.Contains($"`n{count - 1}` is there twice", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_taken_or_refused_as_the_platform_does_and_nothing_is_thrown()
    {
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-0", "1.5", "true", "null", " ", "\\", "\"", "\u0001", "é"];
        var texts = Gen.ListOf(Gen.Elements(pieces)).Select(string.Concat).Resize(12);

        Properties.Hold(Prop.ForAll(texts.ToArbitrary(), text => Read(text, out _) is not null == IsJson(text)), 5_000);
    }

    private static JsonNode? Read(string text, out CedarError? error)
    {
        var errors = new ErrorList(new("x.json", text));
        var root = JsonReader.Read(errors);
        error = errors.ToArray().FirstOrDefault();
        Assert.Equal(root is null, error is not null);
        return root;
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), s_strict);
            // Half surrogates in escapes are only found when a string is looked at.
            Look(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Look(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        if (element.ValueKind == JsonValueKind.Array) foreach (var item in element.EnumerateArray()) Look(item);
        if (element.ValueKind == JsonValueKind.Object) foreach (var member in element.EnumerateObject()) Look(member.Value);
    }
}
