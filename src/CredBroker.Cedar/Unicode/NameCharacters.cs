using System.Buffers;
using System.Text;

namespace CredBroker.Cedar.Unicode;

/// <summary>Characters that deceive: those that change the direction of text, and those that no name should have.</summary>
internal static class NameCharacters
{
    private static readonly SearchValues<char> s_turning = SearchValues.Create("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    private static readonly Lazy<CharacterTable> s_allowed = new(() => CharacterTable.Read("NameCharacters.txt"));

    /// <summary>The first character that changes the direction in which text is shown; null for none.</summary>
    internal static Rune? FindTurning(string text) => text.AsSpan().IndexOfAny(s_turning) is >= 0 and var at ? new Rune(text[at]) : null;

    /// <summary>
    /// The first character that is neither printable ASCII nor one that Unicode allows in identifiers (Unicode Technical Standard 39,
    /// section 3.1); null for none.
    /// </summary>
    internal static Rune? FindUnfit(string name)
    {
        if (name.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) return null;
        foreach (var rune in name.EnumerateRunes())
            if (rune.Value is < ' ' or > '~' && s_allowed.Value.Find(rune.Value) is null) return rune;
        return null;
    }
}
