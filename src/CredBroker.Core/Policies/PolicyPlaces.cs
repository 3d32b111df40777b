using CredBroker.Cedar.Text;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>Where something of a policy is, and what Cedar says of it, in the catalog's form.</summary>
internal static class PolicyPlaces
{
    internal static SourcePosition Of(SourceText source, SourceSpan span)
    {
        var at = source.Locate(span.Start);
        return new(at.File, at.Line, at.Column);
    }

    internal static SourcePosition Of(CedarError error, string file) =>
        error.At is { } at ? new(at.File, at.Line, at.Column) : new(file, 1, 1);

    internal static void AddTo(CatalogErrors errors, IEnumerable<CedarError> found, string file)
    {
        foreach (var error in found) errors.Add(CatalogErrorKind.BadPolicy, Of(error, file), error.Problem, error.Expected);
    }
}
