using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

public sealed class ResourcePatternTests
{
    [Theory]
    [InlineData("acme/api", true)]
    [InlineData("acme/*", false)]
    [InlineData("acme/**", false)]
    [InlineData("*", false)]
    [InlineData("**", false)]
    [InlineData("my drive/*", false)]
    public void A_canonical_pattern_is_read_and_written_as_it_was(string text, bool isExact)
    {
        Assert.True(ResourcePattern.TryParse(text, out var pattern));
        Assert.Equal(text, pattern.ToString());
        Assert.Equal(isExact, pattern.IsExact);
        Assert.False(pattern.IsNone);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/*")]
    [InlineData("/**")]
    [InlineData("a*")]
    [InlineData("a**")]
    [InlineData("*a")]
    [InlineData("***")]
    [InlineData("a/***")]
    [InlineData("*/a")]
    [InlineData("**/a")]
    [InlineData("a/*/b")]
    [InlineData("*/*")]
    [InlineData("**/**")]
    [InlineData("a/* ")]
    [InlineData("a//*")]
    [InlineData("../*")]
    [InlineData("a/../**")]
    [InlineData("a/./*")]
    [InlineData("a%2a")]
    [InlineData("a/")]
    [InlineData("a /*")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(ResourcePattern.TryParse(text, out var pattern));
        Assert.True(pattern.IsNone);
        Assert.False(pattern.IsExact);
        Assert.Equal("", pattern.ToString());
    }

    [Theory]
    [InlineData("acme/api", "acme/api", true)]
    [InlineData("acme/api", "acme/API", false)]
    [InlineData("acme/api", "acme/api/x", false)]
    [InlineData("acme/*", "acme/api", true)]
    [InlineData("acme/*", "acme", false)]
    [InlineData("acme/*", "acme/api/x", false)]
    [InlineData("acme/*", "acmes/api", false)]
    [InlineData("acme/**", "acme/api", true)]
    [InlineData("acme/**", "acme/api/x/y", true)]
    [InlineData("acme/**", "acme", false)]
    [InlineData("acme/**", "acmes/api", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("**", "a", true)]
    [InlineData("**", "a/b/c", true)]
    public void A_star_is_one_segment_and_two_are_one_or_more(string pattern, string path, bool matches) =>
        Assert.Equal(matches, Make.Pattern(pattern).Matches(Make.Path(path)));

    [Fact]
    public void Containment_of_patterns_is_exactly_that_of_the_paths_they_match()
    {
        string[] stems = ["", "p/", "q/", "p/p/", "p/q/", "q/p/", "pq/"];
        string[] exact = ["p", "q", "pq", "p/p", "p/q", "q/p", "q/q", "p/p/p", "p/q/p", "pq/p"];
        var patterns = exact.Concat(stems.SelectMany(stem => new[] { stem + "*", stem + "**" })).Select(Make.Pattern).ToArray();
        var paths = Paths(["p", "q", "pq", "r"], depth: 4).Select(Make.Path).ToArray();
        var matched = patterns.ToDictionary(pattern => pattern, pattern => paths.Where(path => MatchesBySegments(pattern, path)).ToHashSet());

        foreach (var larger in patterns)
        {
            foreach (var path in paths) Assert.Equal(matched[larger].Contains(path), larger.Matches(path));
            foreach (var smaller in patterns)
            {
                Assert.True(
                    matched[smaller].IsSubsetOf(matched[larger]) == larger.Contains(smaller),
                    $"{larger} contains {smaller}: {larger.Contains(smaller)}");
            }
        }
    }

    [Fact]
    public void The_default_value_reaches_nothing_and_nothing_contains_it()
    {
        Assert.False(default(ResourcePattern).Contains(Make.Pattern("a")));
        Assert.False(Make.Pattern("**").Contains(default));
        Assert.False(default(ResourcePattern).Contains(default));
        Assert.False(Make.Pattern("**").Matches(default));
        Assert.True(ResourcePattern.Of(default).IsNone);
    }

    [Fact]
    public void A_pattern_has_at_most_1024_characters()
    {
        Assert.True(ResourcePattern.TryParse(new string('a', 1021) + "/**", out _));
        Assert.False(ResourcePattern.TryParse(new string('a', 1022) + "/**", out _));
    }

    internal static IEnumerable<string> Paths(string[] segments, int depth) => depth == 1
        ? segments
        : segments.Concat(segments.SelectMany(first => Paths(segments, depth - 1).Select(rest => $"{first}/{rest}")));

    // Another way to the same answer: segment by segment.
    internal static bool MatchesBySegments(ResourcePattern pattern, ResourcePath path)
    {
        var (want, have) = (pattern.ToString().Split('/'), path.ToString().Split('/'));
        var fixedPart = want[^1] is "*" or "**" ? want[..^1] : want;
        if (have.Length < fixedPart.Length || !have.Take(fixedPart.Length).SequenceEqual(fixedPart)) return false;
        var left = have.Length - fixedPart.Length;
        return want[^1] switch { "*" => left == 1, "**" => left >= 1, _ => left == 0 };
    }
}
