using System.Globalization;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>
/// Finds workloads of which one can never be attested: when every selector of one set also holds wherever another workload's set
/// holds, whoever fits the second fits both, and both are refused.
/// </summary>
internal sealed class SelectorClaims
{
    private sealed record Claim(int Order, CatalogName Workload, SelectorSet Set, Field Field);

    private readonly List<Claim> claims = [];

    internal void Add(CatalogName workload, SelectorSet set, Field field) => claims.Add(new(claims.Count, workload, set, field));

    /// <remarks>
    /// Each set is filed under its rarest selector, so a set is compared only with those that share it: linear for the catalogs people
    /// write, and the cap on errors ends the rest.
    /// </remarks>
    internal void ReportAmbiguous()
    {
        var counts = claims.SelectMany(c => c.Set.Selectors).CountBy(s => s).ToDictionary();
        var filed = claims.ToLookup(c => c.Set.Selectors.MinBy(s => counts[s]));
        foreach (var narrow in claims)
        {
            var held = narrow.Set.Selectors.SelectMany(s => s.Implied()).ToHashSet();
            var wide = held.SelectMany(s => filed[s]).FirstOrDefault(c => c.Workload != narrow.Workload
                && c.Set.Selectors.All(held.Contains) && (c.Set != narrow.Set || c.Order < narrow.Order));
            if (wide is null)
                continue;
            narrow.Field.Report(CatalogErrorKind.Ambiguous, string.Create(CultureInfo.InvariantCulture,
                $"whoever is attested by {narrow.Set} also fits workload \"{wide.Workload}\" (line {wide.Field.At.Line})"),
                "selectors that tell the two apart");
            if (narrow.Field.Errors.Count > CatalogErrors.Max)
                return;
        }
    }
}
