using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A one-time secret that attests a workload, kept as its hash.</summary>
[Table("join_tokens")]
internal sealed class JoinTokenRow
{
    /// <summary>SHA-256.</summary>
    [Key] public required byte[] SecretHash { get; init; }

    /// <summary>SPIFFE ID.</summary>
    public required string Workload { get; init; }

    public required string CreatedBy { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ConsumedAt { get; init; }
}
