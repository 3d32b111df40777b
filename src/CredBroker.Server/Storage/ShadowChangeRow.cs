using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A decision that the candidate would have made otherwise.</summary>
[Table("shadow_changes")]
internal sealed class ShadowChangeRow
{
    [Key] public required Guid DecisionId { get; init; }

    /// <summary>ChangedDecision, as proto.</summary>
    public required byte[] Found { get; init; }
}
