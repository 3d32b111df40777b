using System.Security.Cryptography;
using CredBroker.Core;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CredBroker.IntegrationTests.Storage;

public sealed class RequestsTests(Postgres postgres)
{
    private static readonly RequestKey Key = KeyOf("spiffe://example.org/a", "StartTask", "ask");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retry_gets_the_first_answer()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.IsType<RequestClaim.New>(await AnswerAsync(database, Key, [1, 2, 3]));

        var retry = Assert.IsType<RequestClaim.Answered>(await AnswerAsync(database, Key, [9]));
        Assert.Equal([1, 2, 3], retry.Response);
    }

    [Fact]
    public async Task An_empty_answer_is_an_answer()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AnswerAsync(database, Key, []);

        Assert.Empty(Assert.IsType<RequestClaim.Answered>(await AnswerAsync(database, Key, [9])).Response);
    }

    [Fact]
    public async Task The_same_id_with_other_content_or_for_another_rpc_is_told_apart()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AnswerAsync(database, Key, [1]);

        Assert.IsType<RequestClaim.DifferentContent>(await AnswerAsync(database, KeyOf(Key.Caller, Key.Rpc, "other"), [2]));
        Assert.IsType<RequestClaim.DifferentContent>(await AnswerAsync(database, KeyOf(Key.Caller, "EndTask", "ask"), [2]));
    }

    [Fact]
    public async Task The_same_id_of_another_caller_is_another_request()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AnswerAsync(database, Key, [1]);

        Assert.IsType<RequestClaim.New>(await AnswerAsync(database, KeyOf("spiffe://example.org/b", Key.Rpc, "ask"), [2]));
    }

    [Fact]
    public async Task The_second_of_two_at_once_waits_and_gets_the_answer_of_the_first()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var first = await database.DataSource.OpenConnectionAsync(Ct);
        await using var working = await first.BeginTransactionAsync(Ct);
        Assert.IsType<RequestClaim.New>(await Requests.TryClaimAsync(working, Key, Ct));

        var second = AnswerAsync(database, Key, [9]);
        await database.SomebodyWaitsForALockAsync();
        Assert.False(second.IsCompleted);
        await Requests.StoreAsync(working, Key, [1, 2, 3], Ct);
        await working.CommitAsync(Ct);

        Assert.Equal([1, 2, 3], Assert.IsType<RequestClaim.Answered>(await second).Response);
    }

    [Fact]
    public async Task When_the_first_of_two_at_once_fails_the_second_does_the_work()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var first = await database.DataSource.OpenConnectionAsync(Ct);
        await using var working = await first.BeginTransactionAsync(Ct);
        await Requests.TryClaimAsync(working, Key, Ct);

        var second = AnswerAsync(database, Key, [9]);
        await database.SomebodyWaitsForALockAsync();
        await working.RollbackAsync(Ct);

        Assert.IsType<RequestClaim.New>(await second);
        Assert.Equal([9], await database.ScalarAsync<byte[]>("SELECT response FROM requests"));
    }

    [Fact]
    public async Task Requests_of_different_ids_do_not_wait_for_each_other()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var first = await database.DataSource.OpenConnectionAsync(Ct);
        await using var working = await first.BeginTransactionAsync(Ct);
        await Requests.TryClaimAsync(working, Key, Ct);

        var other = Key with { Id = RequestId.Of(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)) };

        Assert.IsType<RequestClaim.New>(await AnswerAsync(database, other, [2]).WaitAsync(TimeSpan.FromSeconds(20), Ct));
    }

    [Fact]
    public async Task Of_many_retries_at_once_exactly_one_does_the_work()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 24).Select(n => Task.Run(() => AnswerAsync(database, Key, [(byte)n]))));

        Assert.Single(claims.OfType<RequestClaim.New>());
        Assert.Single(claims.OfType<RequestClaim.Answered>().Select(a => a.Response[0]).Distinct());
        Assert.Equal(23, claims.OfType<RequestClaim.Answered>().Count());
    }

    [Fact]
    public async Task The_answer_is_stored_with_the_work_or_not_at_all_in_a_transaction_of_EF()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var builder = new DbContextOptionsBuilder<BrokerDb>();
        BrokerDb.Configure(builder, database.DataSource);
        await using var db = new BrokerDb(builder.Options);
        await using (var transaction = await db.Database.BeginTransactionAsync(Ct))
        {
            var npgsql = (NpgsqlTransaction)transaction.GetDbTransaction();
            Assert.IsType<RequestClaim.New>(await Requests.TryClaimAsync(npgsql, Key, Ct));
            await db.CatalogHead.ExecuteUpdateAsync(s => s.SetProperty(h => h.Version, 5), Ct);
            await Requests.StoreAsync(npgsql, Key, [1], Ct);
            await transaction.RollbackAsync(Ct);
        }

        Assert.Equal(0, await database.ScalarAsync<int>("SELECT version FROM catalog_head"));
        Assert.IsType<RequestClaim.New>(await AnswerAsync(database, Key, [2]));
    }

    [Fact]
    public async Task Old_answers_are_forgotten_in_batches_and_young_ones_kept()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var now = TimeProvider.System.GetUtcNow();
        await database.ExecuteAsync("""
            INSERT INTO requests (caller, request_id, rpc, digest, response, answered_at)
            SELECT 'a', gen_random_uuid(), 'r', sha256('x'), '', now() - interval '1 hour' * n FROM generate_series(1, 30) n
            """);
        var before = now.AddHours(-24.5);

        var deleted = new[]
        {
            await Requests.ForgetAsync(database.DataSource, before, 4, Ct),
            await Requests.ForgetAsync(database.DataSource, before, 4, Ct),
        };

        Assert.Equal([4, 2], deleted);
        Assert.Equal(24, await database.ScalarAsync<long>("SELECT count(*) FROM requests"));
    }

    [Fact]
    public async Task Replicas_that_forget_at_once_take_different_answers()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            INSERT INTO requests (caller, request_id, rpc, digest, response, answered_at)
            SELECT 'a', gen_random_uuid(), 'r', sha256('x'), '', now() - interval '2 days' FROM generate_series(1, 10)
            """);
        await using var other = await database.DataSource.OpenConnectionAsync(Ct);
        await using var busy = await other.BeginTransactionAsync(Ct);
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM requests ORDER BY answered_at LIMIT 3 FOR UPDATE", other)) await hold.ExecuteNonQueryAsync(Ct);

        var deleted = await Requests.ForgetAsync(database.DataSource, TimeProvider.System.GetUtcNow(), 100, Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Equal(7, deleted);
    }

    /// <summary>What a handler does: claims, and does the work and stores the answer only when the request is new.</summary>
    private static async Task<RequestClaim> AnswerAsync(TestDatabase database, RequestKey key, byte[] response)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var claim = await Requests.TryClaimAsync(transaction, key, Ct);
        if (claim is RequestClaim.New) await Requests.StoreAsync(transaction, key, response, Ct);
        await transaction.CommitAsync(Ct);
        return claim;
    }

    private static RequestKey KeyOf(string caller, string rpc, string content) =>
        new(caller, RequestId.Of(new Guid("01a1f8d9-e495-76f0-8742-f709401ceeb1")), rpc, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)));
}
