using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.IntegrationTests.Storage;

/// <summary>Every row class is written and read back: types that differ in value, not only in name, would show here.</summary>
public sealed class RowsTests(Postgres postgres)
{
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
    private static readonly DateTimeOffset Now = Deadlines.ToMicroseconds(TimeProvider.System.GetUtcNow());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token()
    {
        var jti = Guid.CreateVersion7(Now);

        var read = await StoredAsync(new TokenRow
        {
            Jti = jti,
            TaskId = jti,
            Tool = "crm",
            Action = "read",
            Resource = "accounts/7",
            Parameters = """{"limit": 5}""",
            Audience = "crm",
            Cnf = "jkt:abc",
            Kid = "k1",
            IssuedAt = Now,
            ExpiresAt = Now.AddMinutes(5),
            UsesLeft = 1,
            DecisionId = jti,
            AskDigest = Digest,
            TokenHash = Digest,
            DecidedHistory = 2,
            DecidedCatalog = 3,
        });

        Assert.Equal((jti, "crm", "read", "accounts/7", "crm", "jkt:abc", "k1"),
            (read.Jti, read.Tool, read.Action, read.Resource, read.Audience, read.Cnf, read.Kid));
        Assert.Equal((Now, Now.AddMinutes(5), null, null, 1, 2, 3),
            (read.IssuedAt, read.ExpiresAt, read.RevokedAt, read.RevokeCause, read.UsesLeft, read.DecidedHistory, read.DecidedCatalog));
        Assert.Equal("""{"limit": 5}""", read.Parameters);
        Assert.Equal(Digest, read.AskDigest);
        Assert.Equal(Digest, read.TokenHash);
    }

    [Fact]
    public async Task An_audit_entry_with_the_transaction_that_wrote_it()
    {
        const string payload = """{"b":1,  "a":2}""";
        var entry = AuditEntry.Of(Guid.CreateVersion7(Now), AuditKind.TaskEnded, Guid.CreateVersion7(Now), null, payload);

        var read = await StoredAsync(new AuditEntryRow
        {
            Id = entry.Id,
            Kind = entry.Kind,
            TaskId = entry.TaskId,
            Payload = entry.Payload,
            LeafHash = entry.LeafHash,
        });

        Assert.Equal((entry.Id, AuditKind.TaskEnded, entry.TaskId, null), (read.Id, read.Kind, read.TaskId, read.DecisionId));
        Assert.Equal(payload, read.Payload);
        Assert.Equal(AuditEntry.LeafHashOf(read.Payload), read.LeafHash);
        Assert.InRange(read.Xid, 1UL, ulong.MaxValue);
    }

    [Fact]
    public async Task A_revocation_of_every_audience()
    {
        var read = await StoredAsync(new RevocationRow { Id = Guid.CreateVersion7(Now), Kind = 7, Subject = "*", Cause = "drill" });

        Assert.Equal((7, "*", null, "drill"), (read.Kind, read.Subject, read.Audience, read.Cause));
        Assert.InRange(read.RevokedAt, Now.AddMinutes(-10), Now.AddMinutes(10));
        Assert.InRange(read.Xid, 1UL, ulong.MaxValue);
    }

    [Fact]
    public async Task A_signing_key()
    {
        var replica = Guid.CreateVersion7(Now);

        var read = await StoredAsync(new SigningKeyRow
        {
            Kid = "k1",
            ReplicaId = replica,
            Jwk = """{ "kty":"EC" }""",
            NotBefore = Now,
            NotAfter = Now.AddDays(1),
            ExpiresAt = Now.AddDays(2),
        });

        Assert.Equal(("k1", replica, """{ "kty":"EC" }""", Now, Now.AddDays(1), Now.AddDays(2)),
            (read.Kid, read.ReplicaId, read.Jwk, read.NotBefore, read.NotAfter, read.ExpiresAt));
    }

    [Fact]
    public async Task A_catalog()
    {
        var read = await StoredAsync(new CatalogVersionRow { Version = 4, Digest = Digest, Files = """{"broker.yaml": "tools: []"}""", AppliedBy = "ada" });

        Assert.Equal((4, """{"broker.yaml": "tools: []"}""", "ada"), (read.Version, read.Files, read.AppliedBy));
        Assert.Equal(Digest, read.Digest);
    }

    [Fact]
    public async Task A_join_token_is_consumed_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var db = Db(database);
        db.Add(new JoinTokenRow { SecretHash = Digest, Workload = "spiffe://example.org/a", CreatedBy = "ada", ExpiresAt = Now.AddHours(1) });
        await db.SaveChangesAsync(Ct);

        var consumed = new List<int>();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            consumed.Add(await db.JoinTokens.Where(t => t.SecretHash == Digest && t.ConsumedAt == null && t.ExpiresAt > Now)
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.ConsumedAt, Now), Ct));
        }

        Assert.Equal([1, 0], consumed);
    }

    [Fact]
    public async Task A_candidate_and_what_it_would_have_decided_otherwise()
    {
        var id = Guid.CreateVersion7(Now);

        var shadow = await StoredAsync(new ShadowRow
        {
            Candidate = id, Digest = Digest, Files = """{"broker.yaml": "tools: {}"}""", StartedBy = "admin:bob", Snapshot = "10:20:10,14", AfterXid = ulong.MaxValue,
            AfterId = id, Until = Now, Totals = [1, 2],
        });
        var change = await StoredAsync(new ShadowChangeRow { DecisionId = id, Found = [3] });

        Assert.Equal((id, "10:20:10,14", ulong.MaxValue, id, Now), (shadow.Candidate, shadow.Snapshot, shadow.AfterXid, shadow.AfterId, shadow.Until));
        Assert.Equal([1, 2], shadow.Totals);
        Assert.InRange(shadow.StartedAt, Now.AddMinutes(-5), Now.AddMinutes(5));
        Assert.Equal((id, 3), (change.DecisionId, change.Found[0]));
    }

    [Fact]
    public async Task A_replica_and_an_answered_request()
    {
        var id = Guid.CreateVersion7(Now);

        var replica = await StoredAsync(new ReplicaRow { Id = id, Host = "a", Version = "0.1.0" });
        var request = await StoredAsync(new RequestRow { Caller = "c", RequestId = id, Rpc = "EndTask", Digest = Digest, Response = [1, 2] });

        Assert.Equal((id, "a", "0.1.0"), (replica.Id, replica.Host, replica.Version));
        Assert.InRange(replica.HeartbeatAt, Now.AddMinutes(-10), Now.AddMinutes(10));
        Assert.Equal(("c", id, "EndTask"), (request.Caller, request.RequestId, request.Rpc));
        Assert.Equal([1, 2], request.Response);
    }

    private async Task<T> StoredAsync<T>(T row)
        where T : class
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using (var db = Db(database))
        {
            db.Add(row);
            await db.SaveChangesAsync(Ct);
        }
        using var again = Db(database);
        return await again.Set<T>().SingleAsync(Ct);
    }

    private static BrokerDb Db(TestDatabase database)
    {
        var builder = new DbContextOptionsBuilder<BrokerDb>();
        BrokerDb.Configure(builder, database.DataSource);
        return new(builder.Options);
    }
}
