namespace CredBroker.Core.Catalog;

/// <summary>Collects the mistakes of one reading, up to a bound; reading goes on after each.</summary>
internal sealed class CatalogErrors
{
    /// <summary>More than anyone reads at once; bounds the answer to a hostile file.</summary>
    internal const int Max = 100;

    private readonly List<CatalogError> found = [];

    /// <summary>Errors; warnings do not count.</summary>
    internal int Count => found.Count(e => !e.IsWarning);

    /// <param name="kind">The kind of mistake.</param>
    /// <param name="at">Where.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="suggest">Finds the nearest known word: asked only while errors are still kept, since it is the costly part.</param>
    internal void Add(
        CatalogErrorKind kind, SourcePosition at, string problem, string? expected = null, Func<string?>? suggest = null)
    {
        // What several things take from one place is wrong there once.
        if (found.Exists(e => e.At == at && e.Problem == problem))
            return;
        if (found.Count < Max)
            found.Add(new CatalogError(kind, at, problem, expected, suggest?.Invoke()));
        else if (found.Count == Max)
            found.Add(new CatalogError(CatalogErrorKind.TooManyErrors, at, "more mistakes follow; these are the first"));
    }

    internal void Warn(CatalogErrorKind kind, SourcePosition at, string problem)
    {
        if (found.Count < Max)
            found.Add(new CatalogError(kind, at, problem) { IsWarning = true });
    }

    /// <summary>In the order of the files' text, whatever order the sections were read in.</summary>
    internal IReadOnlyList<CatalogError> InReadingOrder() =>
    [
        .. found.OrderBy(e => e.Kind == CatalogErrorKind.TooManyErrors)
            .ThenBy(e => e.At.File, StringComparer.Ordinal)
            .ThenBy(e => e.At.Line)
            .ThenBy(e => e.At.Column),
    ];
}
