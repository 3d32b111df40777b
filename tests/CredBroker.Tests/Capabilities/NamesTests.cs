using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("github.issues")]
    [InlineData("a-b_c.d9")]
    [InlineData("a...")]
    public void Tool_names_are_lower_case_with_dots(string text)
    {
        Assert.True(ToolName.TryParse(text, out var name));
        Assert.Equal(text, name.ToString());
        Assert.False(name.IsNone);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("re-open_2")]
    public void Action_names_are_lower_case(string text)
    {
        Assert.True(ActionName.TryParse(text, out var name));
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData("repo")]
    [InlineData("dry_run2")]
    public void Parameter_names_are_identifiers(string text)
    {
        Assert.True(ParameterName.TryParse(text, out var name));
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("9a")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("_a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("é")]
    [InlineData("aé")]
    [InlineData("a*")]
    public void No_name_is_anything_else(string? text)
    {
        Assert.False(ToolName.TryParse(text, out var tool));
        Assert.False(ActionName.TryParse(text, out var action));
        Assert.False(ParameterName.TryParse(text, out var parameter));
        Assert.True(tool.IsNone && action.IsNone && parameter.IsNone);
        Assert.Equal("", $"{tool}{action}{parameter}");
    }

    [Fact]
    public void An_action_has_no_dot_so_that_tool_and_action_together_have_one_reading()
    {
        Assert.False(ActionName.TryParse("issues.read", out _));
        Assert.False(ParameterName.TryParse("a.b", out _));
        Assert.False(ParameterName.TryParse("a-b", out _));
    }

    [Fact]
    public void Names_have_at_most_64_characters()
    {
        var longest = new string('a', 64);
        Assert.True(ToolName.TryParse(longest, out _) && ActionName.TryParse(longest, out _) && ParameterName.TryParse(longest, out _));
        Assert.False(ToolName.TryParse(longest + "a", out _));
        Assert.False(ActionName.TryParse(longest + "a", out _));
        Assert.False(ParameterName.TryParse(longest + "a", out _));
    }

    [Fact]
    public void Names_are_equal_when_their_text_is()
    {
        Assert.Equal(Make.Tool("mail"), Make.Tool(string.Concat("ma", "il")));
        Assert.NotEqual(Make.Tool("mail"), Make.Tool("mails"));
        Assert.NotEqual(Make.Tool("mail"), default);
    }
}
