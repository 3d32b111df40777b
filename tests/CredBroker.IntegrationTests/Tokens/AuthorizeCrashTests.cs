using System.Collections.Concurrent;
using CredBroker.Client;
using CredBroker.IntegrationTests.Hosting;
using Grpc.Core;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>kill -9 at any moment loses no use that was answered, and gives none away twice.</summary>
public sealed class AuthorizeCrashTests(Postgres postgres)
{
    private const int Kills = 6;
    private const int Callers = 4;

    [Fact]
    public async Task Killed_under_load_a_broker_has_every_use_on_record_that_it_answered_and_none_of_a_token_twice()
    {
        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        // The agent serves the audience itself: the kernel's word is all that it needs for either.
        var catalog = AuthorizeScene.SingleUse().Replace("    limits: { live_tasks: 50", $"    serves: [{TestCatalog.Audience}]\n    limits: {{ live_tasks: 1000", StringComparison.Ordinal);
        await TestCatalog.WriteAsync(Path.Combine(folder, "catalog"), catalog);
        await using var database = await postgres.CreateDatabaseAsync();
        using var broker = new KilledBroker(database, folder);
        await broker.StartAsync();

        var told = new ConcurrentDictionary<string, string>();
        using var done = new CancellationTokenSource();
#pragma warning disable CA2025 // The load is awaited below, before anything that it uses is disposed.
        var load = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => LoadAsync(broker, told, done.Token))).ToList();
#pragma warning restore CA2025
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = told.Count;
            await TestDatabase.UntilAsync(() =>
            {
                Assert.Null(load.FirstOrDefault(caller => caller.IsFaulted)?.Exception);
                return Task.FromResult(told.Count > before + kill);
            });
            broker.Kill();
            await broker.StartAsync();
        }

        await done.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(told.Keys.Except(await database.ColumnAsync<string>("SELECT decision_id::text FROM authorizations")));
        Assert.Equal(0L, await database.ScalarAsync<long>("""
            SELECT count(*) FROM authorizations a FULL JOIN (SELECT * FROM audit_entries WHERE kind = 20) e USING (decision_id) WHERE a.id IS NULL OR e.id IS NULL
            """));
        Assert.Equal(0L, await database.ScalarAsync<long>("""
            SELECT count(*) FROM tokens t WHERE 1 - t.uses_left <> (SELECT count(*) FROM authorizations a WHERE a.jti = t.jti)
            """));
        Directory.Delete(folder, recursive: true);
    }

    // Tokens for one call, each asked for by several calls at once. Failures are answers too.
    private static async Task LoadAsync(KilledBroker broker, ConcurrentDictionary<string, string> told, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var connection = broker.Connect();
                await using var agent = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), ct);
                var task = (await agent.Tasks.StartTaskAsync(Story.Start(), cancellationToken: ct)).Task.TaskId;
                for (var i = 0; i < 8; i++)
                {
                    var token = (await agent.Tokens.MintAsync(Story.Mint(task), cancellationToken: ct)).Token;
                    var calls = Enumerable.Range(0, 3).Select(_ => agent.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, token), cancellationToken: ct).ResponseAsync);
                    foreach (var answer in await Task.WhenAll(calls))
                        if (answer.Allowed) Assert.True(told.TryAdd(answer.DecisionId, answer.Jti));
                }

                await agent.Tasks.EndTaskAsync(Story.End(task), cancellationToken: ct);
            }
            catch (Exception gone) when (gone is RpcException or OperationCanceledException or HttpRequestException or IOException)
            {
                // Killed meanwhile, or not back yet.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
