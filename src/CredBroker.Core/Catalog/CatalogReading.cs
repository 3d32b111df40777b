namespace CredBroker.Core.Catalog;

/// <summary>What came of reading a catalog's files. Closed: <see cref="Valid"/>, <see cref="Invalid"/>.</summary>
public abstract record CatalogReading
{
    private CatalogReading()
    {
    }

    /// <summary>The files say one thing, and this is it.</summary>
    /// <param name="Catalog">What they say.</param>
    /// <param name="Files">The files.</param>
    /// <param name="Warnings">What is allowed and may be a mistake, in reading order.</param>
    public sealed record Valid(BrokerCatalog Catalog, CatalogFiles Files, IReadOnlyList<CatalogError> Warnings) : CatalogReading
    {
        /// <summary>The catalog under the version it was applied as.</summary>
        public CatalogSnapshot As(int version) => CatalogSnapshot.Of(version, Catalog, Files);
    }

    /// <summary>The files cannot be a catalog.</summary>
    /// <param name="Problems">Every error, at least one, and every warning, in reading order; at most 101.</param>
    public sealed record Invalid(IReadOnlyList<CatalogError> Problems) : CatalogReading;
}
