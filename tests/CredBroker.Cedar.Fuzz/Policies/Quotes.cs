using System.Globalization;
using System.Text;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>Text in quotes, with escapes where they must be, and sometimes where they need not be.</summary>
internal static class Quotes
{
    public static string Text(string value, Dice dice) => Escape(value, dice, isPattern: false);

    /// <summary>A pattern for <c>like</c>: null is a wildcard.</summary>
    public static string Pattern(IEnumerable<string?> parts, Dice dice) =>
        $"\"{string.Concat(parts.Select(part => part is null ? "*" : Escape(part, dice, isPattern: true)[1..^1]))}\"";

    /// <summary>Bare where that is possible.</summary>
    public static string Name(string name, Dice dice) => Worlds.Name.IsIdentifier(name) && dice.Chance(90) ? name : Text(name, dice);

    private static string Escape(string value, Dice dice, bool isPattern)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '*' when isPattern => "\\*",
                '\r' => "\\r",
                '\n' when dice.Chance(50) => "\\n",
                '\0' => "\\0",
                '\'' when dice.Chance(50) => "\\'",
                < 0x80 when dice.Chance(1) => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when dice.Chance(1) => string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}"),
                _ => rune.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
