using CredBroker.Server.Keys;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>Keys come and go without anybody being in the way: offline verifiers know each before it signs, and for as long as it matters.</summary>
public sealed class KeyRotationTests(Postgres postgres)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Through_three_rotations_a_reader_who_caches_the_keys_for_a_minute_knows_the_key_of_every_token()
    {
        var clock = new ShiftedClock();
        await using var broker = await KeySet.StartAsync(await postgres.CreateDatabaseAsync(), s_lifetime, clock);
        using var http = new HttpClient();
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start().Within(TimeSpan.FromHours(1)))).Task.TaskId;

        var read = new Queue<IReadOnlyList<string>>([await http.KeyIdsAsync(broker)]);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var passed = TimeSpan.Zero; tokens.Count < 4; passed += SigningKeys.Interval)
        {
            Assert.True(passed < 4 * s_lifetime, "keys are not rotated");
            clock.Advance(SigningKeys.Interval);
            await broker.Service<SigningKeys>().MaintainAsync(TestContext.Current.CancellationToken);

            var minted = await agent.Tokens.MintAsync(Story.Mint(task));
            tokens.TryAdd(KeySet.KeyIdOf(minted.Token), minted.Token);
            Assert.Contains(KeySet.KeyIdOf(minted.Token), read.Peek());
            read.Enqueue(await http.KeyIdsAsync(broker));
            if (read.Count * SigningKeys.Interval > TimeSpan.FromMinutes(1)) read.Dequeue();
        }

        // What the first key signed is as good as what the last did.
        await using var backend = await broker.JoinAsync("backend");
        foreach (var token in tokens.Values) Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active);
    }

    [Fact]
    public async Task The_public_half_of_an_old_key_is_shown_until_nothing_that_it_signed_can_live()
    {
        var clock = new ShiftedClock();
        var started = clock.GetUtcNow();
        await using var broker = await KeySet.StartAsync(await postgres.CreateDatabaseAsync(), s_lifetime, clock);
        var keys = broker.Service<SigningKeys>();
        using var http = new HttpClient();
        var old = Assert.Single(await http.KeyIdsAsync(broker));
        var lastUse = keys.Current.NotAfter;
        Assert.InRange(lastUse, started + s_lifetime, clock.GetUtcNow() + s_lifetime);

        // A task lives for a day at most, and a token no longer than its task.
        await MaintainAtAsync(lastUse + TimeSpan.FromHours(24));
        Assert.Contains(old, await http.KeyIdsAsync(broker));
        Assert.NotEqual(old, keys.Current.KeyId);

        await MaintainAtAsync(lastUse + TimeSpan.FromHours(25));
        Assert.DoesNotContain(old, await http.KeyIdsAsync(broker));
        Assert.Contains(keys.Current.KeyId, await http.KeyIdsAsync(broker));

        Task MaintainAtAsync(DateTimeOffset moment)
        {
            clock.Advance(moment - clock.GetUtcNow());
            return keys.MaintainAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_key_signs_until_the_moment_that_was_published_and_not_a_moment_longer()
    {
        var clock = new SetClock(TimeProvider.System.GetUtcNow());
        await using var broker = await TestBroker.StartAsync(postgres, options =>
        {
            options.SigningKeyLifetime = TimeSpan.FromMinutes(1);
            options.MaxClockDifference = TimeSpan.FromSeconds(30);   // the clock stands still while the broker starts
        }, clock: clock);
        var keys = broker.Service<SigningKeys>();
        var first = keys.Current;

        clock.Now = first.NotAfter.AddSeconds(-18);
        await keys.MaintainAsync(TestContext.Current.CancellationToken);
        clock.Now = first.NotAfter.AddTicks(-1);
        Assert.Equal(first, keys.Current);
        clock.Now = first.NotAfter;
        Assert.NotEqual(first, keys.Current);
        Assert.Equal(first.NotAfter, keys.Current.NotBefore);

        // Nobody came for a long time: the next key would not be in time, and the old one is past its last use.
        var second = keys.Current;
        clock.Now = second.NotAfter.AddHours(1);
        await keys.MaintainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(clock.Now, keys.Current.NotBefore);
    }

    [Fact]
    public async Task Nothing_of_a_key_is_stored_or_shown_but_its_public_half()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await KeySet.StartAsync(database, s_lifetime);
        using var http = new HttpClient();

        var shown = Assert.Single(await http.KeysAsync(broker));
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], shown.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(broker.Service<SigningKeys>().Current.KeyId, shown.GetProperty("kid").GetString());
        Assert.Equal(["crv", "kty", "x", "y"], await database.ColumnAsync<string>("SELECT DISTINCT json_object_keys(jwk) FROM signing_keys ORDER BY 1"));
        Assert.Equal(
            ["expires_at", "jwk", "kid", "not_after", "not_before", "replica_id"],
            await database.ColumnAsync<string>("SELECT column_name::text FROM information_schema.columns WHERE table_name = 'signing_keys' ORDER BY 1"));
    }
}
