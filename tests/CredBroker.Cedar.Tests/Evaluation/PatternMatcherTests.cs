using System.Text;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tree;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary><c>like</c>: the same answers as the definition gives, in linear time.</summary>
public sealed class PatternMatcherTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "*", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    [InlineData("abc", "a*c", true)]
    [InlineData("ac", "a*c", true)]
    [InlineData("abd", "a*c", false)]
    [InlineData("abc", "a*b*c", true)]
    [InlineData("aXbXc", "a*b*c", true)]
    [InlineData("aba", "ab*ba", false)]
    [InlineData("abba", "ab*ba", true)]
    [InlineData("a\nb", "a*b", true)]
    [InlineData("aaa", "*aa", true)]
    [InlineData("abcabd", "*abd", true)]
    [InlineData("xaby", "*ab*", true)]
    [InlineData("mississippi", "m*issip*pi", true)]
    [InlineData("mississippi", "m*issip*ppi", false)]
    [InlineData("😀x😀", "😀*😀", true)]
    public void A_text_has_a_pattern(string text, string pattern, bool matches) =>
        Assert.Equal(matches, new PatternMatcher(new([.. pattern.Split('*')])).IsMatch(text));

    [Fact]
    public void Every_answer_is_that_of_the_definition()
    {
        var letters = Gen.Elements('a', 'b');
        var texts = Gen.ListOf(letters).Select(list => string.Concat(list));
        var patterns = Gen.ListOf(Gen.Elements('a', 'b', '*')).Select(list => string.Concat(list));
        var cases = from text in texts from pattern in patterns select (text, pattern);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), pair =>
            new PatternMatcher(new([.. pair.pattern.Split('*')])).IsMatch(pair.text) == Defined(pair.text, pair.pattern)), 3_000);
    }

    [Fact]
    public void Long_pieces_are_found_as_the_platform_finds_them()
    {
        var letters = Gen.Elements('a', 'b');
        var pieces = Gen.ArrayOf(letters, 20).Select(list => new string(list));
        var texts = Gen.ArrayOf(letters, 400).Select(list => new string(list));
        var cases = from piece in pieces from text in texts from at in Gen.Choose(0, 380) from isIn in Gen.Elements(true, false) select (piece, text, at, isIn);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var text = sample.isIn ? sample.text.Insert(sample.at, sample.piece) : sample.text;
            return new PieceSearch(sample.piece).IndexIn(text) == text.IndexOf(sample.piece, StringComparison.Ordinal);
        }));
    }

    [Theory]
    [InlineData("a", 500_000, "a*", 30_000)]
    [InlineData("a", 500_000, "*a", 30_000)]
    [InlineData("ab", 250_000, "*a*b", 20_000)]
    public void A_hostile_pattern_takes_no_longer_than_its_length(string piece, int times, string part, int parts)
    {
        var text = new StringBuilder().Insert(0, piece, times).ToString();
        var pattern = new StringBuilder().Insert(0, part, parts).Append('c').ToString();

        // Backtracking would not end within the age of the universe.
        Assert.False(new PatternMatcher(new([.. pattern.Split('*')])).IsMatch(text));
    }

    [Fact]
    public void A_long_piece_that_nearly_fits_everywhere_takes_no_longer_than_the_text()
    {
        var text = new string('a', 2_000_000);
        var pattern = new LikePattern(["", new string('a', 1_000_000) + "b", ""]);

        Assert.False(new PatternMatcher(pattern).IsMatch(text));
    }

    private static bool Defined(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        // For each length of the beginning of the text: whether the pattern so far matches it.
        var matches = new bool[text.Length + 1];
        matches[0] = true;
        foreach (var sign in pattern)
        {
            if (sign == '*')
            {
                for (var i = 1; i <= text.Length; i++) matches[i] |= matches[i - 1];
                continue;
            }

            for (var i = text.Length; i > 0; i--) matches[i] = matches[i - 1] && text[i - 1] == sign;
            matches[0] = false;
        }

        return matches[text.Length];
    }
}
