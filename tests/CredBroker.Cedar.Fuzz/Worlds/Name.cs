namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>Names with a namespace.</summary>
internal static class Name
{
    private static readonly HashSet<string> s_reserved = ["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"];

    public static string Join(string space, string name) => space.Length == 0 ? name : $"{space}::{name}";

    public static string SpaceOf(string name) => name.LastIndexOf("::", StringComparison.Ordinal) is > 0 and var at ? name[..at] : "";

    public static string LastOf(string name) => name.LastIndexOf("::", StringComparison.Ordinal) is > 0 and var at ? name[(at + 2)..] : name;

    /// <summary>As it can be written within a namespace.</summary>
    public static string Within(string name, string space, Dice dice) => SpaceOf(name) == space && dice.Chance(80) ? LastOf(name) : name;

    /// <summary>True for what needs no quotes.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !s_reserved.Contains(name);
}
