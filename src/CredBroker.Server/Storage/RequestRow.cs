using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Storage;

/// <summary>The answer that a mutating request got: a retry gets it again.</summary>
[Table("requests"), PrimaryKey(nameof(Caller), nameof(RequestId))]
internal sealed class RequestRow
{
    public required string Caller { get; init; }

    public required Guid RequestId { get; init; }

    public required string Rpc { get; init; }

    /// <summary>SHA-256 of the request.</summary>
    public required byte[] Digest { get; init; }

    public required byte[] Response { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset AnsweredAt { get; init; }
}
