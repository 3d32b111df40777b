using System.Collections.Immutable;

namespace CredBroker.Core.Policies;

/// <summary>A judgement with the catalog that it was made by: what goes on record, before anybody is answered.</summary>
/// <param name="CatalogVersion">The catalog's version.</param>
/// <param name="CatalogDigest">SHA-256 over its files: 32 bytes.</param>
/// <param name="Judgement">What its policies said.</param>
public sealed record PolicyDecision(int CatalogVersion, ImmutableArray<byte> CatalogDigest, Judgement Judgement)
{
    /// <summary>The version of the history that it saw, for a denial: what was granted names it by itself. Null: not recorded here.</summary>
    public int? HistoryVersion { get; init; }
}
