using CredBroker.Core.Audit;

namespace CredBroker.Tests.Audit;

public sealed class TextKeepingTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Scrubbed_keeps_the_text_without_its_secrets() =>
        Assert.Equal("log in with password=[scrubbed]", new TextKeeping.Scrubbed().Keep("log in with password=hunter2"));

    [Fact]
    public void A_digest_keeps_nothing_of_the_text()
    {
        var kept = new TextKeeping.Digest(Salt).Keep("triage the issues");
        // openssl: printf 'triage the issues' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f -binary | basenc --base64url
        Assert.Equal("hmac-sha256:WgCK3wXejggMHNfhIZqnvqj6pDYl5int6fbyp-y817c", kept);
    }

    [Fact]
    public void The_same_text_has_the_same_digest_under_one_salt_only()
    {
        var keeping = new TextKeeping.Digest(Salt);
        Assert.Equal(keeping.Keep("a"), keeping.Keep("a"));
        Assert.NotEqual(keeping.Keep("a"), keeping.Keep("b"));
        Assert.NotEqual(keeping.Keep("a"), new TextKeeping.Digest([.. Salt.Reverse()]).Keep("a"));
    }

    [Fact]
    public void The_salt_is_copied_long_enough_and_never_shown()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextKeeping.Digest(Salt.AsSpan(1)));
        var mine = Salt.ToArray();
        var keeping = new TextKeeping.Digest(mine);
        var before = keeping.Keep("a");
        mine[0] ^= 1;
        Assert.Equal(before, keeping.Keep("a"));
        Assert.Equal("Digest", keeping.ToString());
    }
}
