using CredBroker.Server.Attestation;
using CredBroker.Tests.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredBroker.Tests.Attestation;

public sealed class RemoteKeysTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly SteppedClock clock = new(ForgeJwt.Now);
    private readonly KeyServer server = new();
    private readonly JwksFetcher fetcher;
    private readonly RemoteKeys keys;

    public RemoteKeysTests()
    {
        fetcher = new(server, clock);
        keys = new(new("https://issuer.example/keys"), fetcher, clock, NullLogger.Instance);
    }

    public void Dispose()
    {
        fetcher.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task The_first_caller_fetches_and_the_next_ones_do_not()
    {
        for (var call = 0; call < 5; call++)
            Assert.True((await keys.GetAsync("k1", Ct))!.TryFind("k1", out _));

        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task Callers_that_come_at_once_share_one_fetch()
    {
        var gate = new TaskCompletionSource();
        server.Gate = gate.Task;
        var calls = Enumerable.Range(0, 50).Select(_ => keys.GetAsync("k1", Ct).AsTask()).ToList();

        gate.SetResult();
        var sets = await Task.WhenAll(calls);

        Assert.All(sets, Assert.NotNull);
        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_stop_the_fetch_for_the_others()
    {
        var gate = new TaskCompletionSource();
        server.Gate = gate.Task;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var first = keys.GetAsync("k1", gone.Token).AsTask();
        var second = keys.GetAsync("k1", Ct).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.NotNull(await second);
        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task A_new_key_is_found_by_its_id_once_half_a_minute_has_passed()
    {
        await keys.GetAsync("k1", Ct);
        server.Document = KeyServer.SetOf("k1", "new");

        Assert.False((await keys.GetAsync("new", Ct))!.TryFind("new", out _));
        clock.Advance(RemoteKeys.ShortestInterval);
        Assert.True((await keys.GetAsync("new", Ct))!.TryFind("new", out _));
        Assert.Equal(2, server.Asked);
    }

    [Fact]
    public async Task A_flood_of_invented_key_ids_fetches_no_more_than_once_in_half_a_minute()
    {
        await keys.GetAsync("k1", Ct);
        for (var call = 0; call < 300; call++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await keys.GetAsync($"invented-{call}", Ct);
        }

        Assert.InRange(server.Asked, 10, 11);
    }

    [Fact]
    public async Task A_token_without_key_id_fetches_nothing_more()
    {
        await keys.GetAsync("k1", Ct);
        clock.Advance(RemoteKeys.ShortestInterval);

        Assert.NotNull(await keys.GetAsync(null, Ct));
        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task A_key_that_its_issuer_gave_up_is_gone_after_five_minutes()
    {
        await keys.GetAsync("k1", Ct);
        server.Document = KeyServer.SetOf("other");

        clock.Advance(RemoteKeys.RefreshAge - TimeSpan.FromSeconds(1));
        Assert.True((await keys.GetAsync("k1", Ct))!.TryFind("k1", out _));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await keys.GetAsync("k1", Ct))!.TryFind("k1", out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<html>maintenance</html>")]
    [InlineData("""{"keys":1}""")]
    public async Task While_the_issuer_is_away_the_last_set_is_good_for_an_hour_and_no_longer(string? answer)
    {
        await keys.GetAsync("k1", Ct);
        server.Document = answer;

        clock.Advance(RemoteKeys.LongestStale - TimeSpan.FromSeconds(1));
        Assert.NotNull(await keys.GetAsync("k1", Ct));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await keys.GetAsync("k1", Ct));

        server.Document = ForgeJwt.Jwks;
        clock.Advance(RemoteKeys.ShortestInterval);
        Assert.NotNull(await keys.GetAsync("k1", Ct));
    }

    [Fact]
    public async Task While_there_was_never_a_set_it_is_asked_for_every_two_seconds()
    {
        server.Document = null;
        for (var call = 0; call < 40; call++)
        {
            Assert.Null(await keys.GetAsync("k1", Ct));
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(2, server.Asked);
        server.Document = ForgeJwt.Jwks;
        Assert.NotNull(await keys.GetAsync("k1", Ct));
    }
}
