using System.Security.Cryptography;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class VerificationKeyCacheTests
{
    [Fact]
    public void The_second_look_finds_the_first_object()
    {
        var cache = new VerificationKeyCache();
        Assert.True(cache.TryGet(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256)), out var first));
        Assert.True(cache.TryGet(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"other\"")), out var second));
        Assert.Same(first, second);
    }

    [Fact]
    public void The_same_rsa_key_declared_for_another_algorithm_is_another_entry()
    {
        var cache = new VerificationKeyCache();
        Assert.True(cache.TryGet(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"alg\":\"RS256\"")), out var rs));
        Assert.True(cache.TryGet(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"alg\":\"PS256\"")), out var ps));
        Assert.True(rs.Jwk.Allows(JwsAlgorithm.RS256) && !ps.Jwk.Allows(JwsAlgorithm.RS256));
    }

    [Fact]
    public void Keys_that_cannot_be_imported_are_not_remembered()
    {
        var cache = new VerificationKeyCache();
        Assert.False(cache.TryGet(new PublicJwk(JwkKind.P256, new byte[32], new byte[32], null), out _));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_flood_of_keys_stays_within_the_capacity_and_keys_in_use_survive_it()
    {
        var cache = new VerificationKeyCache(capacity: 8);
        var used = ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256));
        Assert.True(cache.TryGet(used, out var first));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(cache.TryGet(NewKey(), out _));
            Assert.True(cache.TryGet(used, out var again));
            Assert.Same(first, again);
            Assert.InRange(cache.Count, 1, 8);
        }
    }

    [Fact]
    public async Task Threads_share_it()
    {
        var cache = new VerificationKeyCache(capacity: 16);
        var keys = Enumerable.Range(0, 24).Select(_ => NewKey()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 400; i++)
            {
                var jwk = keys[(i * (thread + 1)) % keys.Length];
                Assert.True(cache.TryGet(jwk, out var key));
                Assert.Equal(jwk, key.Jwk);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.InRange(cache.Count, 1, 16);
    }

    private static PublicJwk NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ForgeKeys.Parse(ForgeKeys.Jwk(key));
    }
}
