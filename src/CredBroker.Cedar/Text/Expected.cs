using System.Globalization;

namespace CredBroker.Cedar.Text;

/// <summary>Phrases of messages that several readers use: what should have been there.</summary>
internal static class Expected
{
    internal static string AtMost(int limit) => string.Create(CultureInfo.InvariantCulture, $"at most {limit}");

    /// <summary><c>a, b or c</c>.</summary>
    internal static string OneOf(params ReadOnlySpan<string> words) => words.Length < 2
        ? string.Concat(words)
        : string.Join(", ", words[..^1]!) + " or " + words[^1];
}
