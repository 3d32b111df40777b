using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A catalog that was applied, whole.</summary>
[Table("catalog_versions")]
internal sealed class CatalogVersionRow
{
    [Key] public required int Version { get; init; }

    /// <summary>SHA-256.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>JSON: text by file name.</summary>
    [Column(TypeName = "jsonb")] public required string Files { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset AppliedAt { get; init; }

    public required string AppliedBy { get; init; }
}
