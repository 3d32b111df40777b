using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>The one row that says which catalog is in force; read and written under <see cref="AdvisoryLocks.CatalogHead"/>.</summary>
[Table("catalog_head")]
internal sealed class CatalogHeadRow
{
    [Key] public bool One { get; init; } = true;

    /// <summary>0: the empty catalog, which allows nothing.</summary>
    public int Version { get; init; }
}
