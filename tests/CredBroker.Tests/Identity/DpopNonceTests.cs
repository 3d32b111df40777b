using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class DpopNonceTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1792497600);
    private static readonly DpopNonce Nonces = new(new byte[32]);

    [Theory]
    [InlineData(0, true)]
    [InlineData(29, true)]
    [InlineData(30, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    [InlineData(-1, false)]
    public void A_nonce_serves_its_period_and_the_next(int seconds, bool accepted) =>
        Assert.Equal(accepted, Nonces.Accepts(Nonces.Issue(Start), Start.AddSeconds(seconds)));

    [Fact]
    public void The_same_period_gives_the_same_nonce_and_the_next_another()
    {
        Assert.Equal(Nonces.Issue(Start), Nonces.Issue(Start.AddSeconds(29)));
        Assert.NotEqual(Nonces.Issue(Start), Nonces.Issue(Start.AddSeconds(30)));
        Assert.Equal(22, Nonces.Issue(Start).Length);
    }

    [Fact]
    public void Another_replicas_nonce_is_refused()
    {
        var other = new DpopNonce([1, .. new byte[31]]);
        Assert.False(Nonces.Accepts(other.Issue(Start), Start));
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    public void Other_text_is_refused(string nonce) => Assert.False(Nonces.Accepts(nonce, Start));

    [Fact]
    public void Keys_of_another_length_are_misuse() => Assert.Throws<ArgumentOutOfRangeException>(() => new DpopNonce(new byte[16]));
}
