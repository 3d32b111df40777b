using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace CredBroker.Core.Identity;

/// <summary>Why bytes are not JSON as we accept it.</summary>
internal enum JsonRefusal
{
    InvalidUtf8,
    LoneSurrogate,
    TooDeep,
    DuplicateMember,
    Malformed,
}

/// <summary>
/// The one way foreign JSON enters: RFC 8259 without comments, trailing text, duplicate members (also when escaped or nested),
/// lone surrogates (they make <see cref="JsonElement.GetString"/> throw later) or nesting beyond <see cref="MaxDepth"/>.
/// </summary>
internal static class StrictJson
{
    public const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions WithDuplicates = new() { MaxDepth = MaxDepth };

    /// <summary>Parses into an element that owns its memory, or says why not; never throws.</summary>
    public static JsonRefusal? Parse(ReadOnlySpan<byte> utf8, out JsonElement root)
    {
        root = default;
        if (!Utf8.IsValid(utf8)) return JsonRefusal.InvalidUtf8;
        if (Scan(utf8) is { } refusal) return refusal;
        if (TryParse(utf8, Strict, out root)) return null;
        return TryParse(utf8, WithDuplicates, out _) ? JsonRefusal.DuplicateMember : JsonRefusal.Malformed;
    }

    private static bool TryParse(ReadOnlySpan<byte> utf8, JsonDocumentOptions options, out JsonElement root)
    {
        try
        {
            root = JsonElement.Parse(utf8, options);
            return true;
        }
        catch (JsonException)
        {
            root = default;
            return false;
        }
    }

    /// <summary>One pass for what the parser would only tell by throwing: depth and unpaired <c>\uD800</c> escapes.</summary>
    private static JsonRefusal? Scan(ReadOnlySpan<byte> utf8)
    {
        var depth = 0;
        var inString = false;
        for (var i = 0; i < utf8.Length; i++)
        {
            switch (utf8[i])
            {
                case (byte)'"':
                    inString = !inString;
                    break;
                case (byte)'\\' when inString:
                    var skip = EscapeLength(utf8[i..]);
                    if (skip == 0) return JsonRefusal.LoneSurrogate;
                    i += skip - 1;
                    break;
                case (byte)'{' or (byte)'[' when !inString:
                    if (++depth > MaxDepth) return JsonRefusal.TooDeep;
                    break;
                case (byte)'}' or (byte)']' when !inString:
                    depth--;
                    break;
                default:
                    break;
            }
        }
        return null;
    }

    /// <summary>Characters that the escape at the start takes, or 0 for half a surrogate pair. Bad escapes are left to the parser.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (HexEscape(text) is not { } unit || !char.IsSurrogate(unit)) return 2;
        if (!char.IsHighSurrogate(unit)) return 0;
        return HexEscape(text[6..]) is { } low && char.IsLowSurrogate(low) ? 12 : 0;
    }

    private static char? HexEscape(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u') return null;
        Span<byte> unit = stackalloc byte[2];
        return Convert.FromHexString(text[2..6], unit, out _, out _) == OperationStatus.Done
            ? (char)BinaryPrimitives.ReadUInt16BigEndian(unit)
            : null;
    }
}
