using System.Globalization;
using System.Text.RegularExpressions;

namespace CredBroker.Cli.Grammar;

/// <summary>Lengths of time on the command line: <c>90s</c>, <c>15m</c>, <c>1h30m</c>, <c>2d</c>.</summary>
internal static partial class DurationText
{
    /// <summary>Reads a length of at least one second and at most 9,999 of each unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (Form().Match(text) is not { Success: true } match) return false;
        duration = new TimeSpan(Count(match, "d"), Count(match, "h"), Count(match, "m"), Count(match, "s"));
        return duration > TimeSpan.Zero;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads as this length; fractions of a second are dropped.</summary>
    public static string Of(TimeSpan duration)
    {
        var text = $"{Part((int)duration.TotalDays, "d")}{Part(duration.Hours, "h")}{Part(duration.Minutes, "m")}{Part(duration.Seconds, "s")}";
        return text.Length == 0 ? "0s" : text;
    }

    private static string Part(int count, string unit) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");

    private static int Count(Match match, string unit) =>
        match.Groups[unit].Success ? int.Parse(match.Groups[unit].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?:(?<d>[0-9]{1,4})d)?(?:(?<h>[0-9]{1,4})h)?(?:(?<m>[0-9]{1,4})m)?(?:(?<s>[0-9]{1,4})s)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
