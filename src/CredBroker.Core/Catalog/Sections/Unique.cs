using System.Globalization;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>Reports what is said twice, with the line of the first time.</summary>
internal sealed class Unique(string thing)
{
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);

    /// <summary>False, and reported, the second time.</summary>
    internal bool Add(string text, Field field)
    {
        if (lines.TryAdd(text, field.At.Line))
            return true;
        field.Report(CatalogErrorKind.DuplicateName,
            string.Create(CultureInfo.InvariantCulture, $"{thing} {Quoting.Quote(text)} is already given on line {lines[text]}"));
        return false;
    }
}
