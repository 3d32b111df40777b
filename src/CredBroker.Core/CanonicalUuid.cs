using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core;

/// <summary>The one accepted text of a UUID: 36 characters, lower case, hyphens (RFC 9562 section 4); never the nil UUID.</summary>
internal static class CanonicalUuid
{
    // The framework's parser also takes 0x and + within a group, and upper case.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789abcdef-");

    public static bool TryParse([NotNullWhen(true)] string? text, out Guid value)
    {
        value = default;
        if (text is not { Length: 36 } || text.AsSpan().ContainsAnyExcept(Allowed)) return false;
        return Guid.TryParseExact(text, "D", out value) && value != Guid.Empty;
    }
}
