using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class WordsTests
{
    [Theory]
    [InlineData("ownr", "owner")]
    [InlineData("onwer", "owner")]
    [InlineData("OWNER", "owner")]
    [InlineData("spiffe-id", "spiffe_id")]
    [InlineData("spiffeid", "spiffe_id")]
    [InlineData("clas", "class")]
    [InlineData("a", null)]
    [InlineData("xyzzy", null)]
    [InlineData("", null)]
    [InlineData("attestation", null)]
    public void The_word_that_was_probably_meant_is_found(string word, string? meant) =>
        Assert.Equal(meant, Nearest.To(word, ["spiffe_id", "owner", "class", "attest"]));

    [Fact]
    public void Of_two_equally_near_words_the_first_in_order_is_told() => Assert.Equal("ab", Nearest.To("a", ["ac", "ab"]));

    [Fact]
    public void Words_too_long_to_compare_are_not() =>
        Assert.Null(Nearest.To(new string('a', 65), [new string('a', 64), new string('a', 65)]));

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("8h", 28_800)]
    [InlineData("7d", 604_800)]
    [InlineData("9999999d", 863_999_913_600)]
    public void A_length_of_time_is_a_number_and_a_unit(string text, long seconds)
    {
        Assert.True(Durations.TryParse(text, out var value));
        Assert.Equal(seconds, (long)value.TotalSeconds);
        Assert.True(Durations.TryParse(Durations.Show(value), out var again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("10")]
    [InlineData("0s")]
    [InlineData("01s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1ms")]
    [InlineData("1.5h")]
    [InlineData("1h30m")]
    [InlineData("10000000d")]
    [InlineData("٣s")]
    public void Every_other_spelling_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("line\nbreak\u001b[31m", "\"line\\u000abreak\\u001b[31m\"")]
    [InlineData("\u202eright", "\"\\u202eright\"")]
    [InlineData("zoë", "\"zoë\"")]
    public void Text_of_a_file_cannot_forge_the_message_it_is_shown_in(string text, string shown) => Assert.Equal(shown, Quoting.Quote(text));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal("\"" + new string('a', 60) + "…\"", Quoting.Quote(new string('a', 10_000)));
}
