using System.Buffers;

namespace CredBroker.Core.Identity;

/// <summary>
/// The name of a SPIFFE trust domain: 1 to 255 characters of <c>a-z 0-9 . - _</c> (SPIFFE-ID section 2.1). The default value is no
/// trust domain; <see cref="TryParse"/> refuses its text.
/// </summary>
public readonly record struct TrustDomain
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    private readonly string? _name;

    private TrustDomain(string name) => _name = name;

    /// <summary>Reads a name. Upper case is refused, not folded: the specification demands lower case, and one name has one spelling.</summary>
    public static bool TryParse(string? text, out TrustDomain trustDomain)
    {
        trustDomain = default;
        if (text is null || text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExcept(Characters)) return false;
        trustDomain = new(text);
        return true;
    }

    /// <summary>The name, such as <c>prod.example.org</c>; empty for the default value.</summary>
    public override string ToString() => _name ?? "";
}
