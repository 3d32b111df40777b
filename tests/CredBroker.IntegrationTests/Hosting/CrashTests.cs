using System.Collections.Concurrent;
using System.Security.Cryptography;
using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>kill -9 at any moment loses nothing that was answered.</summary>
public sealed class CrashTests(Postgres postgres)
{
    private const int Kills = 20;
    private const int Callers = 6;

    // Longer than a caller takes for one task; shorter than it takes to fill the workload's live tasks with what the killed left behind.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Killed_twenty_times_under_load_a_broker_keeps_every_promise_that_it_answered()
    {
        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        await TestCatalog.WriteAsync(Path.Combine(folder, "catalog"));
        var database = await postgres.CreateDatabaseAsync();
        using var broker = new KilledBroker(database, folder);
        await broker.StartAsync();

        var seen = new Answered();
        using var done = new CancellationTokenSource();
#pragma warning disable CA2025 // The load is awaited below, before anything that it uses is disposed.
        var load = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => LoadAsync(broker, seen, done.Token))).ToList();
#pragma warning restore CA2025
        for (var kill = 0; kill < Kills; kill++)
        {
            var (mintedBefore, endedBefore, patient) = (seen.Tokens.Count, seen.Ended.Count, kill % 4 == 3);
            // Mostly in the middle of lives; some lives must come to their end.
            await TestDatabase.UntilAsync(() =>
            {
                Assert.Null(load.FirstOrDefault(caller => caller.IsFaulted)?.Exception);
                return Task.FromResult(patient ? seen.Ended.Count > endedBefore : seen.Tokens.Count > mintedBefore);
            });
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(0, 150)), TimeProvider.System, TestContext.Current.CancellationToken);
            broker.Kill();
            await broker.StartAsync();
        }

        await done.CancelAsync();
        await Task.WhenAll(load);
        await CheckAsync(broker, database, seen);
        broker.Kill();
        Directory.Delete(folder, recursive: true);
    }

    // What was answered must be so; what was not answered may be either way.
    private static async Task CheckAsync(KilledBroker broker, TestDatabase database, Answered seen)
    {
        Assert.True(seen.Tokens.Count > Kills);
        Assert.NotEmpty(seen.Ended);
        Assert.NotEmpty(seen.Revoked);

        var recorded = await database.ColumnAsync<string>(
            "SELECT t.jti::text FROM tokens t JOIN audit_entries a ON a.decision_id = t.decision_id AND a.payload->>'jti' = t.jti::text");
        Assert.Empty(seen.Tokens.Keys.Except(recorded));
        Assert.Equal(recorded.Count, recorded.Distinct().Count());

        using var connection = broker.Connect();
        var made = await connection.Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
        await using var backend = await AgentSession.AttestAsync(connection, new Evidence.JoinToken(made.Secret), TestContext.Current.CancellationToken);
        var dead = seen.Tokens.Where(token => seen.Ended.ContainsKey(token.Value.Task) || seen.Revoked.ContainsKey(token.Key)).ToList();
        Assert.NotEmpty(dead);
        foreach (var token in dead)
            Assert.False((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token.Value.Token })).Active);

        // No task is stuck: those whose callers were cut off lose their heartbeat, and then nothing stands, whoever knew of them.
        await TestDatabase.UntilAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state < 2") == 0);
        Assert.Empty(seen.Started.Keys.Except(await database.ColumnAsync<string>("SELECT id::text FROM tasks WHERE state = 2")));
        Assert.Empty((await connection.Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials);
    }

    // One agent's life, again and again: a task, some tokens, one of them revoked, the task ended. Failures are answers too.
    private static async Task LoadAsync(KilledBroker broker, Answered seen, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var connection = broker.Connect();
                await using var agent = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), ct);
                var start = Story.Start().Changed(start => start.HeartbeatInterval = Duration.FromTimeSpan(s_heartbeat));
                var task = (await agent.Tasks.StartTaskAsync(start, cancellationToken: ct)).Task.TaskId;
                seen.Started[task] = true;
                for (var i = 0; i < 8; i++)
                {
                    var minted = await agent.Tokens.MintAsync(Story.Mint(task), cancellationToken: ct);
                    seen.Tokens[minted.Jti] = (task, minted.Token);
                    if (i != 4) continue;
                    await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "crash test" }, cancellationToken: ct);
                    seen.Revoked[minted.Jti] = true;
                }

                await agent.Tasks.EndTaskAsync(Story.End(task), cancellationToken: ct);
                seen.Ended[task] = true;
            }
            catch (Exception gone) when (gone is RpcException or OperationCanceledException or HttpRequestException or IOException)
            {
                // Killed meanwhile, or not back yet.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>What clients were told.</summary>
    private sealed class Answered
    {
        public ConcurrentDictionary<string, bool> Started { get; } = new();

        public ConcurrentDictionary<string, (string Task, string Token)> Tokens { get; } = new();

        public ConcurrentDictionary<string, bool> Revoked { get; } = new();

        public ConcurrentDictionary<string, bool> Ended { get; } = new();
    }
}
