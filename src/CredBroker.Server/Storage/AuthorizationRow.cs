using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>One use of a token. Who took it, and for what call, is in the audit under its decision.</summary>
[Table("authorizations")]
internal sealed class AuthorizationRow
{
    /// <summary>The time of its token's id, then a hash of token, request and backend.</summary>
    [Key] public required Guid Id { get; init; }

    public required Guid Jti { get; init; }

    /// <summary>SHA-256 of the call: tells a retry from another ask with the same request id.</summary>
    public required byte[] AskDigest { get; init; }

    public required Guid DecisionId { get; init; }

    /// <summary>An array of texts: what the backend was told to do beside the call.</summary>
    [Column(TypeName = "jsonb")] public required string Obligations { get; init; }

    public required int DecidedHistory { get; init; }

    public required int DecidedCatalog { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset AuthorizedAt { get; init; }
}
