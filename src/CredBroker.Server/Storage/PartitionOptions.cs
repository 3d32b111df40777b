using System.ComponentModel.DataAnnotations;

namespace CredBroker.Server.Storage;

/// <summary>How long rows are kept.</summary>
internal sealed class PartitionOptions : IValidatableObject
{
    /// <summary>A token lies in the partition of its task's first moment, so it must be kept while such a task can live.</summary>
    public static readonly TimeSpan LongestTaskLife = TimeSpan.FromHours(24);

    private static readonly TimeSpan ShortestTokenRetention = LongestTaskLife + TimeSpan.FromHours(1);

    /// <summary>With more the partitions become many: eight of them cost a coalesced read nothing, 68 cost it 40 %.</summary>
    private static readonly TimeSpan LongestTokenRetention = TimeSpan.FromDays(3);

    private static readonly TimeSpan ShortestAuditRetention = TimeSpan.FromDays(31);

    /// <summary>How long tokens, their uses and revocations are kept after the day they belong to. 25 hours to 3 days; default 2 days.</summary>
    public TimeSpan TokenRetention { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How long audit entries are kept after their month. At least 31 days; null (default): for ever.</summary>
    public TimeSpan? AuditRetention { get; set; }

    /// <summary>The retention of a table.</summary>
    public TimeSpan? Of(PartitionedTable table) => table.Name == "audit_entries" ? AuditRetention : TokenRetention;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TokenRetention < ShortestTokenRetention || TokenRetention > LongestTokenRetention)
        {
            yield return new($"{nameof(TokenRetention)} is {TokenRetention}; it must lie between {ShortestTokenRetention}, the longest life "
                + $"of a task and an hour, and {LongestTokenRetention}", [nameof(TokenRetention)]);
        }
        if (AuditRetention < ShortestAuditRetention)
        {
            yield return new($"{nameof(AuditRetention)} is {AuditRetention}; it must be at least {ShortestAuditRetention}, or absent",
                [nameof(AuditRetention)]);
        }
    }
}
