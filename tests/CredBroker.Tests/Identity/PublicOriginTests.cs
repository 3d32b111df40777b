using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class PublicOriginTests
{
    [Theory]
    [InlineData("https://broker.example", "https://broker.example")]
    [InlineData("HTTPS://Broker.Example:443", "https://broker.example")]
    [InlineData("http://localhost", "http://localhost")]
    [InlineData("http://localhost:80", "http://localhost")]
    [InlineData("http://localhost:443", "http://localhost:443")]
    [InlineData("https://127.0.0.1:65535", "https://127.0.0.1:65535")]
    [InlineData("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443")]
    [InlineData("https://[::1]", "https://[::1]")]
    public void Origins_have_one_form(string text, string canonical)
    {
        Assert.True(PublicOrigin.TryParse(text, out var origin));
        Assert.Equal(canonical, origin.ToString());
        Assert.True(PublicOrigin.TryParse(canonical, out var again));
        Assert.Equal(origin, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("broker.example")]
    [InlineData("//broker.example")]
    [InlineData("ftp://broker.example")]
    [InlineData("unix:///run/broker.sock")]
    [InlineData("https://")]
    [InlineData("https:///")]
    [InlineData("https://:443")]
    [InlineData("https://broker.example/")]
    [InlineData("https://broker.example/path")]
    [InlineData("https://broker.example?query")]
    [InlineData("https://broker.example:")]
    [InlineData("https://broker.example:0")]
    [InlineData("https://broker.example:65536")]
    [InlineData("https://broker.example:99999999999")]
    [InlineData("https://broker.example:+443")]
    [InlineData("https://broker.example: 443")]
    [InlineData("https://broker.example:08443")]
    [InlineData("https://user@broker.example")]
    [InlineData("https://user:pw@broker.example")]
    [InlineData("https://bröker.example")]
    [InlineData("https://brok%65r.example")]
    [InlineData("https://a b")]
    [InlineData("https://[::1")]
    [InlineData("https://[]")]
    [InlineData("https://[::1]x")]
    [InlineData("https://[::1%25eth0]")]
    public void What_is_not_exactly_an_origin_is_refused(string text)
    {
        Assert.False(PublicOrigin.TryParse(text, out var origin));
        Assert.Equal(default, origin);
    }

    [Fact]
    public void Ten_thousand_damaged_origins_never_throw()
    {
        var mutations = new Mutations(5);
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var text = i % 3 == 0 ? mutations.Random(40) : mutations.Damage("https://[::1]:8443");
            if (PublicOrigin.TryParse(text, out _)) read++;
        }
        Assert.InRange(read, 10, 9_000);
    }
}
