using System.Globalization;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>Lengths of time as catalogs write them: a whole number and one unit.</summary>
internal static class Durations
{
    internal static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        if (text.Length is < 2 or > 8 || text[0] == '0' || !text.AsSpan(0, text.Length - 1).ContainsOnlyDigits())
            return false;
        var count = int.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        var seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        value = TimeSpan.FromSeconds((long)count * seconds);
        return seconds != 0;
    }

    /// <summary>In the largest unit that says it exactly; whole seconds only.</summary>
    internal static string Show(TimeSpan value)
    {
        var seconds = (long)value.TotalSeconds;
        var (count, unit) = seconds switch
        {
            _ when seconds % 86_400 == 0 => (seconds / 86_400, 'd'),
            _ when seconds % 3_600 == 0 => (seconds / 3_600, 'h'),
            _ when seconds % 60 == 0 => (seconds / 60, 'm'),
            _ => (seconds, 's'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
