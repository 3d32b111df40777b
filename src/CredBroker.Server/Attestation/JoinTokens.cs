using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using Npgsql;

namespace CredBroker.Server.Attestation;

/// <summary>One-time secrets: 32 random bytes, shown once, stored as their SHA-256, good for one attestation of one workload.</summary>
internal static class JoinTokens
{
    /// <summary>The name of this kind of evidence in the record.</summary>
    public const string Kind = "join_token";

    private const int SecretSize = 32;
    private const int SecretLength = 43; // of its base64url

    // One statement: whoever comes second waits for the first one's transaction, looks again, and finds it consumed.
    private const string ConsumeSql = """
        UPDATE join_tokens SET consumed_at = clock_timestamp()
        WHERE secret_hash = $1 AND consumed_at IS NULL AND expires_at > clock_timestamp() RETURNING workload
        """;

    private const string CreateSql = "INSERT INTO join_tokens (secret_hash, workload, created_by, expires_at) VALUES ($1, $2, $3, $4)";

    /// <summary>A new secret and its hash.</summary>
    public static (string Secret, byte[] Hash) New()
    {
        // The hash is of the bytes, not of their text. No salt and no stretching: 256 random bits cannot be guessed.
        var secret = RandomNumberGenerator.GetBytes(SecretSize);
        return (Base64Url.EncodeToString(secret), SHA256.HashData(secret));
    }

    /// <summary>Reads what a caller presents; whether it is worth anything shows when it is consumed.</summary>
    public static EvidenceReading Read(string secret)
    {
        Span<byte> bytes = stackalloc byte[SecretSize];
        // Decoding ignores white space, so the length of the text alone does not say that all of it counted.
        return secret.Length == SecretLength
            && Base64Url.DecodeFromChars(secret, bytes, out _, out var written) == OperationStatus.Done && written == SecretSize
            ? HashedOf(bytes)
            : new EvidenceReading.Refused(new(Reason.EvidenceMalformed, Detail: "not a join token"), new(Kind, []));
    }

    /// <summary>Consumes a secret, for good and for whatever the rule then says: shown once more, it is unknown.</summary>
    public static async Task<EvidenceReading> ConsumeAsync(NpgsqlTransaction transaction, EvidenceReading.Secret secret, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(ConsumeSql, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = secret.SecretHash });
        return await command.ExecuteScalarAsync(ct) is string workload && CatalogName.TryParse(workload, out var name)
            ? new EvidenceReading.Verified(new AttestedPeer.JoinToken(name), null, secret.Trace)
            : new EvidenceReading.Refused(new(Reason.JoinTokenUnknownOrUsed), secret.Trace);
    }

    /// <summary>Stores a new one.</summary>
    public static async Task InsertAsync(
        NpgsqlTransaction transaction, byte[] hash, CatalogName workload, string by, DateTimeOffset expiresAt, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(CreateSql, transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<byte[]> { TypedValue = hash },
                new NpgsqlParameter<string> { TypedValue = workload.ToString() },
                new NpgsqlParameter<string> { TypedValue = by },
                new NpgsqlParameter<DateTime> { TypedValue = expiresAt.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static EvidenceReading.Secret HashedOf(ReadOnlySpan<byte> secret)
    {
        var hash = SHA256.HashData(secret);
        return new(hash, new(Kind, [("secret_sha256", AttestationPayloads.HashText(hash))]));
    }
}
