using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>One concrete resource: a slash-separated path in the one canonical form.</summary>
/// <remarks>
/// At most <see cref="MaxLength"/> ASCII characters: letters, digits, <c>-._~!$&amp;'()+,=:@</c>, a space within a segment, and
/// <c>/</c> between segments. ASCII only, so every path is in Unicode's NFC and nobody approves a homoglyph; a thing with another
/// name is named by its id. Left out on purpose: <c>%</c> and <c>\</c> (second spellings), <c>?</c> and <c>#</c> (they end a path
/// in a URL), <c>;</c> (servers that read <c>..;</c> as <c>..</c>), <c>*</c> (patterns). No empty segment, no <c>.</c> or
/// <c>..</c>, no slash at either end, no space at a segment's ends. Upper and lower case differ.
/// </remarks>
public readonly record struct ResourcePath
{
    /// <summary>Longest path, in characters, which are also bytes.</summary>
    public const int MaxLength = 1024;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()+,=:@ /");

    private readonly string? _text;

    private ResourcePath(string text) => _text = text;

    /// <summary>True for <c>default</c>, which is no resource.</summary>
    public bool IsNone => _text is null;

    /// <summary>The only door: false, and <c>default</c>, for anything but the canonical form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ResourcePath path)
    {
        path = default;
        if (text is not { Length: <= MaxLength } || !IsCanonical(text)) return false;
        path = new(text);
        return true;
    }

    /// <summary>The path as it was parsed; empty for <c>default</c>.</summary>
    public override string ToString() => _text ?? "";

    internal static bool IsCanonical(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExcept(Allowed)) return false;
        foreach (var segment in text.Split('/'))
        {
            if (!IsSegment(text[segment])) return false;
        }

        return true;
    }

    private static bool IsSegment(ReadOnlySpan<char> segment) =>
        segment is not ("" or "." or "..") && segment[0] != ' ' && segment[^1] != ' ';
}
