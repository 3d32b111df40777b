using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Audit;

/// <summary>One line of the append-only record.</summary>
/// <param name="Id">UUID version 7: its time orders the record within a millisecond.</param>
/// <param name="Kind">What it records.</param>
/// <param name="TaskId">The task it concerns, if any.</param>
/// <param name="DecisionId">The decision it records, if any.</param>
/// <param name="Payload">JSON text, stored and hashed byte for byte; never a secret, a token or a key.</param>
/// <param name="LeafHash">SHA-256(0x00 || UTF-8 of the payload): the Merkle leaf of RFC 6962 section 2.1.</param>
public sealed record AuditEntry(Guid Id, AuditKind Kind, Guid? TaskId, Guid? DecisionId, string Payload, byte[] LeafHash)
{
    /// <summary>Makes an entry and its leaf hash.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is not a kind.</exception>
    public static AuditEntry Of(Guid id, AuditKind kind, Guid? taskId, Guid? decisionId, string payload)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)kind, (int)AuditKind.Unspecified);
        return new(id, kind, taskId, decisionId, payload, LeafHashOf(payload));
    }

    /// <summary>The leaf hash of a payload.</summary>
    public static byte[] LeafHashOf(string payload)
    {
        var length = Encoding.UTF8.GetByteCount(payload);
        var rented = length < 1024 ? null : new byte[length + 1];
        var leaf = rented ?? stackalloc byte[length + 1];
        leaf[0] = 0x00;
        Encoding.UTF8.GetBytes(payload, leaf[1..]);
        return SHA256.HashData(leaf);
    }
}
