using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A migration that was applied, and the digest of its file.</summary>
[Table("schema_files")]
internal sealed class SchemaFileRow
{
    [Key] public required string Id { get; init; }

    public required byte[] Digest { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset AppliedAt { get; init; }
}
