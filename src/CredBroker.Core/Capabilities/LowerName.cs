using System.Buffers;

namespace CredBroker.Core.Capabilities;

/// <summary>The grammar that the names of tools, actions and parameters share: a lower-case letter, then at most 63 of a set.</summary>
internal static class LowerName
{
    /// <summary>Longest name, in characters: a DNS label's 63 and its first letter.</summary>
    public const int MaxLength = 64;

    public static readonly SearchValues<char> Tool = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");
    public static readonly SearchValues<char> Action = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");
    public static readonly SearchValues<char> Parameter = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    public static bool Fits(ReadOnlySpan<char> text, SearchValues<char> set) =>
        text.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(text[0]) && !text.ContainsAnyExcept(set);
}
