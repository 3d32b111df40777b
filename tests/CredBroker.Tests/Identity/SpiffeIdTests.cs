using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://example.org/agent", "example.org", "/agent")]
    [InlineData("spiffe://example.org/ns/Agents/sa/triage-1_x.y", "example.org", "/ns/Agents/sa/triage-1_x.y")]
    [InlineData("spiffe://a/b", "a", "/b")]
    [InlineData("spiffe://127.0.0.1/...", "127.0.0.1", "/...")]
    [InlineData("spiffe://under_score.-/.a/b..", "under_score.-", "/.a/b..")]
    public void Ids_are_read_into_trust_domain_and_path(string text, string domain, string path)
    {
        Assert.True(SpiffeId.TryParse(text, out var id));
        Assert.Equal(domain, id.TrustDomain.ToString());
        Assert.Equal(path, id.Path);
        Assert.Equal(text, id.ToString());
        Assert.True(SpiffeId.TryParse(text, out var again));
        Assert.Equal(id, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("spiffe:")]
    [InlineData("spiffe://")]
    [InlineData("spiffe:///agent")]
    [InlineData("spiffe://example.org")]
    [InlineData("spiffe://example.org/")]
    [InlineData("spiffe://example.org/agent/")]
    [InlineData("spiffe://example.org//agent")]
    [InlineData("spiffe://example.org/a//b")]
    [InlineData("spiffe://example.org/./a")]
    [InlineData("spiffe://example.org/a/..")]
    [InlineData("spiffe://example.org/../other.org/a")]
    [InlineData("spiffe://example.org/a%2fb")]
    [InlineData("spiffe://example.org/%61")]
    [InlineData("spiffe://example.org/a?b")]
    [InlineData("spiffe://example.org/a#b")]
    [InlineData("spiffe://example.org/a b")]
    [InlineData("spiffe://example.org/a\n")]
    [InlineData("spiffe://example.org/a\0")]
    [InlineData("spiffe://example.org/ä")]
    [InlineData("spiffe://example.org/a:b")]
    [InlineData("spiffe://example.org:443/a")]
    [InlineData("spiffe://user@example.org/a")]
    [InlineData("spiffe://Example.org/a")]
    [InlineData("spiffe://exämple.org/a")]
    [InlineData("spiffe://[::1]/a")]
    [InlineData("SPIFFE://example.org/a")]
    [InlineData("Spiffe://example.org/a")]
    [InlineData("http://example.org/a")]
    [InlineData(" spiffe://example.org/a")]
    [InlineData("spiffe:/example.org/a")]
    [InlineData("spiffe:\\\\example.org/a")]
    public void Everything_that_is_not_the_one_spelling_is_refused(string? text)
    {
        Assert.False(SpiffeId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void Lengths_end_at_2048_and_at_255()
    {
        const string start = "spiffe://example.org/";
        Assert.True(SpiffeId.TryParse(start + new string('a', 2048 - start.Length), out _));
        Assert.False(SpiffeId.TryParse(start + new string('a', 2049 - start.Length), out _));
        Assert.True(SpiffeId.TryParse($"spiffe://{new string('d', 255)}/a", out _));
        Assert.False(SpiffeId.TryParse($"spiffe://{new string('d', 256)}/a", out _));
    }

    [Fact]
    public void The_default_values_are_harmless_and_refused_at_the_door()
    {
        Assert.Equal("", default(SpiffeId).ToString());
        Assert.Equal("", default(SpiffeId).Path);
        Assert.False(SpiffeId.TryParse(default(SpiffeId).ToString(), out _));
        Assert.False(TrustDomain.TryParse(default(TrustDomain).ToString(), out _));
        Assert.False(TrustDomain.TryParse(null, out _));
    }

    [Fact]
    public void Paths_differ_by_case_and_by_segment()
    {
        Assert.True(SpiffeId.TryParse("spiffe://a/x", out var lower) && SpiffeId.TryParse("spiffe://a/X", out var upper) && lower != upper);
        Assert.True(SpiffeId.TryParse("spiffe://b/x", out var other) && lower != other);
    }

    [Fact]
    public void Ten_thousand_damaged_ids_never_throw_and_come_back_as_they_went_in()
    {
        var mutations = new Mutations(6);
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var text = i % 3 == 0 ? mutations.Random(60) : mutations.Damage("spiffe://example.org/ns/agents/triage");
            if (!SpiffeId.TryParse(text, out var id)) continue;
            read++;
            Assert.Equal(text, id.ToString());
        }
        Assert.InRange(read, 50, 9_000);
    }
}
