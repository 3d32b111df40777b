using System.Globalization;

namespace CredBroker.Core.Catalog;

/// <summary>One mistake in a catalog: where, what is wrong, what was expected.</summary>
/// <param name="Kind">The kind of mistake, for programs.</param>
/// <param name="At">Where it is.</param>
/// <param name="Problem">What is wrong, in words; text from the file is quoted, shortened and escaped.</param>
/// <param name="Expected">What should be there instead; null when the problem says it all.</param>
/// <param name="Suggestion">The known word nearest to the one that was found; null when none is near.</param>
public sealed record CatalogError(
    CatalogErrorKind Kind, SourcePosition At, string Problem, string? Expected = null, string? Suggestion = null)
{
    /// <summary>True when the catalog can be applied all the same.</summary>
    public bool IsWarning { get; init; }

    /// <summary>What is wrong, without where: <c>problem; expected …; did you mean "…"?</c></summary>
    public string Message
    {
        get
        {
            var expected = Expected is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; expected {Expected}");
            var suggestion = Suggestion is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; did you mean \"{Suggestion}\"?");
            return string.Create(CultureInfo.InvariantCulture, $"{Problem}{expected}{suggestion}");
        }
    }

    /// <summary>One line, in the form that editors understand: <c>file:line:column: message</c>.</summary>
    public override string ToString()
    {
        var warning = IsWarning ? "warning: " : "";
        return string.Create(CultureInfo.InvariantCulture, $"{At}: {warning}{Message}");
    }
}
