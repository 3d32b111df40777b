using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>What a strict claim reader found.</summary>
public enum ClaimState
{
    /// <summary>No such member. (A member that is <c>null</c> is malformed, not absent.)</summary>
    Absent = 1,

    /// <summary>The member has another type, is empty or out of range.</summary>
    Malformed,

    /// <summary>The member was read.</summary>
    Present,
}

/// <summary>
/// Strict readers for the members of a JWT payload (RFC 7519 section 4): a string is a JSON string, a NumericDate a JSON integer.
/// Nothing is converted and nothing throws; values are meaningful only when the answer is <see cref="ClaimState.Present"/>.
/// </summary>
public readonly struct JwtClaims
{
    // 9999-12-31T23:59:59Z, the last second that DateTimeOffset holds.
    private const long MaxNumericDate = 253_402_300_799;

    internal JwtClaims(JsonElement root) => Root = root;

    /// <summary>The whole payload: an object.</summary>
    public JsonElement Root { get; }

    /// <summary>Reads a string of at least one character.</summary>
    public ClaimState ReadString(string name, out string value)
    {
        value = "";
        if (!TryFind(name, out var member)) return ClaimState.Absent;
        return IsText(member, out value) ? ClaimState.Present : ClaimState.Malformed;
    }

    /// <summary>Reads a NumericDate in whole seconds, 1970 to 9999; fractions, exponents and strings are malformed.</summary>
    public ClaimState ReadNumericDate(string name, out DateTimeOffset value)
    {
        value = default;
        var state = ReadInt64(name, out var seconds);
        if (state != ClaimState.Present) return state;
        if (seconds is < 0 or > MaxNumericDate) return ClaimState.Malformed;
        value = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return ClaimState.Present;
    }

    /// <summary>Reads a JSON integer that fits 64 bits.</summary>
    public ClaimState ReadInt64(string name, out long value)
    {
        value = 0;
        if (!TryFind(name, out var member)) return ClaimState.Absent;
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out value) ? ClaimState.Present : ClaimState.Malformed;
    }

    /// <summary>Reads a string or an array of at least one string (<c>aud</c>, RFC 7519 section 4.1.3); every string is non-empty.</summary>
    public ClaimState ReadStrings(string name, out IReadOnlyList<string> values)
    {
        values = [];
        if (!TryFind(name, out var member)) return ClaimState.Absent;
        if (IsText(member, out var single))
        {
            values = [single];
            return ClaimState.Present;
        }
        if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() == 0) return ClaimState.Malformed;
        var read = new List<string>(member.GetArrayLength());
        foreach (var item in member.EnumerateArray())
        {
            if (!IsText(item, out var text)) return ClaimState.Malformed;
            read.Add(text);
        }
        values = read;
        return ClaimState.Present;
    }

    /// <summary>Reads an object, such as <c>cnf</c> (RFC 7800) or <c>act</c> (RFC 8693).</summary>
    public ClaimState ReadObject(string name, out JwtClaims value)
    {
        value = default;
        if (!TryFind(name, out var member)) return ClaimState.Absent;
        if (member.ValueKind != JsonValueKind.Object) return ClaimState.Malformed;
        value = new JwtClaims(member);
        return ClaimState.Present;
    }

    /// <summary>Every member of this object that is a non-empty string, by name; members of any other type are left out.</summary>
    public IReadOnlyDictionary<string, string> Texts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Root.ValueKind != JsonValueKind.Object) return texts;
        foreach (var member in Root.EnumerateObject())
        {
            if (IsText(member.Value, out var text)) texts[member.Name] = text;
        }
        return texts;
    }

    // The default value has no object to look into: it must be harmless.
    private bool TryFind(string name, out JsonElement member)
    {
        member = default;
        return Root.ValueKind == JsonValueKind.Object && Root.TryGetProperty(name, out member);
    }

    private static bool IsText(JsonElement member, out string text)
    {
        text = member.ValueKind == JsonValueKind.String ? member.GetString() ?? "" : "";
        return text.Length > 0;
    }
}
