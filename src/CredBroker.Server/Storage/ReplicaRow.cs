using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A running broker.</summary>
[Table("replicas")]
internal sealed class ReplicaRow
{
    [Key] public required Guid Id { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset StartedAt { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset HeartbeatAt { get; init; }

    public required string Host { get; init; }

    public required string Version { get; init; }
}
