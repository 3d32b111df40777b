using System.Text;

namespace CredBroker.Cedar.Unicode;

/// <summary>
/// Whether the characters of a text can all belong to one script (Unicode Technical Standard 39, section 5.1): by the extended scripts of
/// Unicode 17, where Chinese, Japanese and Korean are the scripts that each is written in together.
/// </summary>
internal static class Scripts
{
    private const string Common = "Zyyy";
    private const string Inherited = "Zinh";

    // Of a character that is not assigned: it goes with nothing, not even with itself.
    private static readonly string[] s_none = [];

    private static readonly Lazy<(CharacterTable Table, Dictionary<string, string[]?> Sets)> s_scripts = new(() => (CharacterTable.Read("Scripts.txt"), []));

    /// <summary>The first character that no script has which all before it have; null when the text may be of one script.</summary>
    internal static Rune? FindStranger(string text)
    {
        // ASCII is Latin, or what all scripts have.
        if (Ascii.IsValid(text)) return null;
        string[]? common = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Of(rune) is not { } scripts || ReferenceEquals(scripts, common)) continue;
            common = common is null ? scripts : [.. common.Intersect(scripts)];
            if (common.Length == 0) return rune;
        }

        return null;
    }

    /// <summary>The scripts that a character is used in; null when it is used in all.</summary>
    private static string[]? Of(Rune rune)
    {
        var (table, sets) = s_scripts.Value;
        if (table.Find(rune.Value) is not { } codes) return s_none;
        lock (sets)
        {
            if (!sets.TryGetValue(codes, out var scripts)) sets.Add(codes, scripts = codes is Common or Inherited ? null : Augmented(codes.Split(' ')));
            return scripts;
        }
    }

    /// <summary>Writing systems of several scripts are scripts of each of theirs.</summary>
    private static string[] Augmented(string[] scripts)
    {
        var all = new HashSet<string>(scripts);
        if (all.Contains("Hani")) all.UnionWith(["Hanb", "Jpan", "Kore"]);
        if (all.Contains("Bopo")) all.Add("Hanb");
        if (all.Contains("Hang")) all.Add("Kore");
        if (all.Contains("Hira") || all.Contains("Kana")) all.Add("Jpan");
        return [.. all];
    }
}
