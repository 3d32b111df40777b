using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Places: what editors and people call them.</summary>
public sealed class SourceTextTests
{
    [Theory]
    [InlineData("", 0, 1, 1)]
    [InlineData("abc", 0, 1, 1)]
    [InlineData("abc", 3, 1, 4)]
    [InlineData("a\nb", 1, 1, 2)]
    [InlineData("a\nb", 2, 2, 1)]
    [InlineData("a\nb\n", 4, 3, 1)]
    [InlineData("a\r\nb", 3, 2, 1)]
    [InlineData("\n\n\n", 2, 3, 1)]
    public void A_character_is_on_a_line(string text, int index, int line, int column) =>
        Assert.Equal(new("x", line, column), new SourceText("x", text).Locate(index));

    [Fact]
    public void A_place_outside_the_text_is_a_mistake_of_the_program()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SourceText("x", "a").Locate(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SourceText("x", "a").Locate(-1));
        Assert.Throws<ArgumentNullException>(() => new SourceText("x", null!));
    }

    [Fact]
    public void Spans_join()
    {
        Assert.Equal(new SourceSpan(1, 9), new SourceSpan(1, 3).To(new(5, 9)));
        Assert.Equal(8, new SourceSpan(1, 9).Length);
        Assert.True(default(SourceSpan).IsNone);
        Assert.False(new SourceSpan(0, 1).IsNone);
    }

    [Fact]
    public void Half_a_pair_is_found()
    {
        foreach (var (text, index) in new[] { ("abc", -1), ("😀", -1), ("a\ud83d", 1), ("\ude00", 0), ("😀\ude00", 2), ("\ud83d😀", 0), ("", -1) })
            Assert.Equal(index, new SourceText("x", text).IndexOfLoneSurrogate());
    }

    [Fact]
    public void An_error_without_a_text_has_no_place()
    {
        var error = new CedarError(null, default, "wrong", "right");

        Assert.Null(error.At);
        Assert.Equal("wrong; expected right", error.ToString());
        Assert.Equal("wrong; expected right", error.ToExcerpt());
        Assert.Equal("wrong", new CedarError(null, default, "wrong").Message);
    }

    [Fact]
    public void An_excerpt_of_a_long_line_shows_the_part_around_the_place()
    {
        var error = Make.Error(Make.When(new string(' ', 500) + "ghost" + new string(' ', 500)));
        var lines = error.ToExcerpt().Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Contains("ghost", lines[1], StringComparison.Ordinal);
        Assert.True(lines[1].Length < 200);
        Assert.Equal(lines[1].IndexOf("ghost", StringComparison.Ordinal), lines[2].IndexOf('^'));
        Assert.EndsWith("^^^^^", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void An_excerpt_at_the_end_of_the_text_points_behind_it()
    {
        Assert.Equal("""
            test.cedar:1:37: the text ends here; expected `when`, `unless` or `;`
             1 | permit (principal, action, resource)
               |                                     ^
            """, Make.Error("permit (principal, action, resource)").ToExcerpt());
    }

    [Fact]
    public void Tabs_and_other_blanks_keep_the_carets_where_they_belong()
    {
        var lines = Make.Error(Make.When("\t\u2003ghost")).ToExcerpt().Split('\n');

        Assert.Equal(lines[1].IndexOf("ghost", StringComparison.Ordinal), lines[2].IndexOf('^'));
    }
}
