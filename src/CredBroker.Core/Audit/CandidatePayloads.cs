namespace CredBroker.Core.Audit;

/// <summary>Makes the audit entries of catalogs that were tried, and never decided anything: see <see cref="AuditPayloads"/>.</summary>
public static class CandidatePayloads
{
    /// <summary>Past decisions were put to a catalog.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="digest">SHA-256 over its files.</param>
    /// <param name="since">From when on.</param>
    /// <param name="by">Who asked.</param>
    public static AuditEntry Simulated(DateTimeOffset now, ReadOnlyMemory<byte> digest, DateTimeOffset since, string by) =>
        AuditPayloads.Entry(now, AuditKind.CatalogSimulated, null, null, (digest, since, by), static (json, simulated) =>
        {
            json.WriteBase64String("digest"u8, simulated.digest.Span);
            json.WriteString("since"u8, simulated.since);
            json.WriteString("by"u8, simulated.by);
        });

    /// <summary>A candidate was set beside the catalog in force.</summary>
    public static AuditEntry ShadowStarted(DateTimeOffset now, ReadOnlyMemory<byte> digest, string by) =>
        Shadow(now, AuditKind.ShadowStarted, digest, by);

    /// <summary>It was taken away.</summary>
    public static AuditEntry ShadowStopped(DateTimeOffset now, ReadOnlyMemory<byte> digest, string by) =>
        Shadow(now, AuditKind.ShadowStopped, digest, by);

    private static AuditEntry Shadow(DateTimeOffset now, AuditKind kind, ReadOnlyMemory<byte> digest, string by) =>
        AuditPayloads.Entry(now, kind, null, null, (digest, by), static (json, shadow) =>
        {
            json.WriteBase64String("digest"u8, shadow.digest.Span);
            json.WriteString("by"u8, shadow.by);
        });
}
