namespace CredBroker.Core.Catalog.Sections;

/// <summary>Lists of words inside sentences.</summary>
internal static class Words
{
    /// <summary><c>a</c>, <c>a or b</c>, <c>a, b or c</c>.</summary>
    internal static string Or(IEnumerable<string> words) => Join([.. words], "or");

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    internal static string And(IEnumerable<string> words) => Join([.. words], "and");

    private static string Join(string[] words, string last) => words.Length switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words[..^1])} {last} {words[^1]}",
    };
}
