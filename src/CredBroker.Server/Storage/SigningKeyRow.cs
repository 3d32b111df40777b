using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>The public half of a replica's signing key.</summary>
[Table("signing_keys")]
internal sealed class SigningKeyRow
{
    [Key] public required string Kid { get; init; }

    public required Guid ReplicaId { get; init; }

    /// <summary>RFC 7517; never with a private part.</summary>
    [Column(TypeName = "json")] public required string Jwk { get; init; }

    /// <summary>First use.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Last use for signing.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Nothing that it signed is alive any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
