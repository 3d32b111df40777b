using System.Text;
using System.Text.Json;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Server;
using CredBroker.Server.Attestation;
using CredBroker.Server.Keys;
using CredBroker.Server.Storage;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>The slice on a real database, without a network: what the handlers answer and what they record.</summary>
internal sealed class AttestationHarness : IAsyncDisposable
{
    public const string Issuer = "https://broker.example";

    public static readonly string PublicKey = ForgeKeys.Jwk(ForgeKeys.OtherP256);

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly JwksFetcher fetcher = new(TimeProvider.System);
    private readonly ExecutableHashes hashes = new();
    private readonly SigningKeys keys;
    private readonly PublicKeys publicKeys;
    private int version;

    private AttestationHarness(TestDatabase database)
    {
        Database = database;
        var options = new DbContextOptionsBuilder<BrokerDb>();
        BrokerDb.Configure(options, database.DataSource);
        var databases = new PooledDbContextFactory<BrokerDb>(options.Options);
        Catalog = new(databases);
        var source = new JwksSource(fetcher, TimeProvider.System, NullLogger<JwksSource>.Instance);
        var evidence = new Evidence(new(hashes), new(source, TimeProvider.System), TimeProvider.System);
        var broker = new BrokerOptions { Issuer = Issuer };
        publicKeys = new(databases, new VerifiedTokens(), TimeProvider.System);
        keys = new(databases, publicKeys, Replica.New(TimeProvider.System), broker, TimeProvider.System);
        var signer = new TokenSigner(keys, broker);
        Attest = new(evidence, database.DataSource, Catalog, signer, broker, TimeProvider.System);
        CreateJoinToken = new(database.DataSource, Catalog, TimeProvider.System);
    }

    public TestDatabase Database { get; }

    public LiveCatalog Catalog { get; }

    public Attest Attest { get; }

    public CreateJoinToken CreateJoinToken { get; }

    public static async Task<AttestationHarness> StartAsync(Postgres postgres, string yaml, params (string Name, string Content)[] files)
    {
        var harness = new AttestationHarness(await postgres.CreateDatabaseAsync());
        await harness.ApplyAsync(yaml, files);
        await harness.Catalog.RefreshAsync(Ct);
        await harness.keys.MaintainAsync(Ct);
        return harness;
    }

    /// <summary>Makes a catalog the one in force, as another replica would: this one has not heard of it yet.</summary>
    public async Task ApplyAsync(string yaml, params (string Name, string Content)[] files)
    {
        var texts = files.Append((Name: CatalogFiles.Main, Content: yaml)).ToDictionary(file => file.Name, file => file.Content);
        var reading = CatalogReader.Read(texts.Select(file => (file.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Value))));
        Assert.True(reading is CatalogReading.Valid, reading is CatalogReading.Invalid bad ? string.Join('\n', bad.Problems) : "");
        var snapshot = ((CatalogReading.Valid)reading).As(++version);
        await Database.ExecuteAsync(
            "INSERT INTO catalog_versions (version, digest, files, applied_by) VALUES ($1, $2, $3::jsonb, 'test')",
            version, snapshot.Digest.ToArray(), JsonSerializer.Serialize(texts));
        // As ApplyCatalog does: nobody who shares the lock sees the head move.
        await using var connection = await Database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new($"SELECT pg_advisory_xact_lock({AdvisoryLocks.CatalogHead})"));
        batch.BatchCommands.Add(new($"UPDATE catalog_head SET version = {version}"));
        await batch.ExecuteNonQueryAsync(Ct);
        await transaction.CommitAsync(Ct);
    }

    public Task<Reply<AttestResponse>> AttestAsync(AttestRequest request, HttpContext? http = null)
    {
        request.PublicJwk = request.PublicJwk is "" ? PublicKey : request.PublicJwk;
        return Attest.HandleAsync(request, http ?? new DefaultHttpContext(), Ct);
    }

    public Task<Reply<AttestResponse>> JoinAsync(string secret) => AttestAsync(new() { JoinToken = new() { Secret = secret } });

    public Task<Reply<AttestResponse>> PresentAsync(string jwt) => AttestAsync(new() { Jwt = new() { Token = jwt } });

    /// <summary>The payloads of one kind, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> EntriesAsync(AuditKind kind)
    {
        var payloads = await Database.ColumnAsync<string>("SELECT payload::text FROM audit_entries WHERE kind = $1 ORDER BY id", (short)kind);
        return [.. payloads.Select(payload => JsonDocument.Parse(payload).RootElement)];
    }

    /// <summary>The one refusal that was recorded; the caller saw its id and no more.</summary>
    public async Task<string> RefusalAsync(Reply<AttestResponse> reply)
    {
        var refused = Assert.IsType<Reply<AttestResponse>.Refused>(reply);
        var entry = Assert.Single(
            await EntriesAsync(AuditKind.AttestationRefused), one => one.GetProperty("decision").GetString() == refused.DecisionId.ToString());
        Assert.Equal(refused.Refusal.Reason.ToString(), entry.GetProperty("reason").GetString());
        Assert.InRange((int)refused.Refusal.Reason, 100, 299);
        return refused.Refusal.Reason.ToString();
    }

    public static AttestResponse Answered(Reply<AttestResponse> reply) => reply switch
    {
        Reply<AttestResponse>.Answered answered => answered.Value,
        Reply<AttestResponse>.Refused refused => throw new Xunit.Sdk.XunitException($"refused: {refused.Refusal}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public async ValueTask DisposeAsync()
    {
        fetcher.Dispose();
        hashes.Dispose();
        Catalog.Dispose();
        keys.Dispose();
        publicKeys.Dispose();
        await Database.DisposeAsync();
    }
}
