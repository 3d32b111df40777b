using System.Buffers;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>Values that several sections read, each in its one spelling.</summary>
internal static class Doors
{
    private const string NameGrammar = "a lower-case letter, then up to 63 of a-z, 0-9, \".\", \"_\" and \"-\"";

    internal const string ActionGrammar = "a lower-case letter, then up to 63 of a-z, 0-9, \"_\" and \"-\"";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    internal static CatalogName? Name(this Field field) => field.Through<CatalogName>(CatalogName.TryParse, NameGrammar);

    internal static ToolName? Tool(this Field field) => field.Through<ToolName>(ToolName.TryParse, NameGrammar);

    internal static ActionName? Action(this Field field) => field.Through<ActionName>(ActionName.TryParse, ActionGrammar);

    internal static SpiffeId? Spiffe(this Field field) =>
        field.Through<SpiffeId>(SpiffeId.TryParse, "a SPIFFE ID with a path, like spiffe://example.test/agent");

    internal static ResourcePattern? Pattern(this Field field) => field.Through<ResourcePattern>(ResourcePattern.TryParse,
        "a resource path like acme/tickets; the last segment may be * (one segment) or ** (one or more)", CatalogErrorKind.BadPattern);

    /// <summary>The names that are keys of a mapping; those outside the grammar are reported and left out.</summary>
    internal static IEnumerable<(T Name, Field Field)> NamedBy<T>(this Field field, string thing, int max, Door<T> door, string grammar)
        where T : struct
    {
        foreach (var (key, named) in field.Named(thing, max))
        {
            if (door(key, out var name))
                yield return (name, named);
            else
                named.Errors.Add(CatalogErrorKind.BadText, named.KeyAt, $"{Quoting.Quote(key)} is no {thing} name", grammar);
        }
    }

    internal static IEnumerable<(CatalogName Name, Field Field)> NamedBy(this Field field, string thing, int max) =>
        field.NamedBy<CatalogName>(thing, max, CatalogName.TryParse, NameGrammar);

    internal static IEnumerable<(ToolName Name, Field Field)> NamedByTool(this Field field, int max) =>
        field.NamedBy<ToolName>("tool", max, ToolName.TryParse, NameGrammar);

    /// <summary>An audience or issuer: compared by code unit, so in characters that look like what they are.</summary>
    internal static string? StringOrUri(this Field field)
    {
        const string Expected = "1 to 512 visible ASCII characters without spaces";
        if (field.Text(Expected, 512) is not { } text)
            return null;
        if (text.All(c => c is > ' ' and < '\x7f'))
            return text;
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", Expected);
        return null;
    }

    /// <summary>A web address: https, or http on this machine; no user, no fragment.</summary>
    internal static Uri? Address(this Field field)
    {
        const string Expected = "an https address (http only on loopback), without user or fragment";
        if (field.Text(Expected) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && !text.Contains('#')
            && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            return uri;
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", Expected);
        return null;
    }

    internal static uint? UnixId(this Field field) => (uint?)field.Integer(0, uint.MaxValue - 1L);

    internal static string? Sha256(this Field field)
    {
        const string Expected = "64 lower-case hexadecimal digits";
        if (field.Text(Expected) is not { } text)
            return null;
        if (text.Length == 64 && !text.AsSpan().ContainsAnyExcept(HexDigits))
            return text;
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", Expected);
        return null;
    }

    /// <summary>A path as the kernel writes it: absolute, no empty, "." or ".." segment.</summary>
    internal static string? AbsolutePath(this Field field, string expected)
    {
        if (field.Text(expected, 4095) is not { } text)
            return null;
        if (text[0] == '/' && text.Length > 1 && text[1..].Split('/').All(s => s is not ("" or "." or ".."))
            && !text.EndsWith(" (deleted)", StringComparison.Ordinal))
            return text;
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", expected);
        return null;
    }
}
