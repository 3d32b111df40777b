using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;

namespace CredBroker.Tests.Tasks;

public sealed class GrantCountsTests
{
    [Fact]
    public void What_the_database_counts_is_read_by_risk_and_by_tool()
    {
        Assert.True(GrantCounts.TryParse("""{"mail:write": 3, "git.hub:read": 2, "mail:read": 1, "git.hub:privileged": 4}""", out var counts));

        Assert.Equal((3, 3, 4), (counts.Reads, counts.Writes, counts.Privileged));
        Assert.Equal((4, 6, 0), (counts.Of("mail"), counts.Of("git.hub"), counts.Of("deploy")));
    }

    [Fact]
    public void A_grant_is_counted_under_its_tool_and_risk()
    {
        foreach (var risk in Enum.GetValues<RiskClass>())
        {
            var key = GrantCounts.KeyOf(Rules.Of("git.hub", "push") with { Risk = risk });
            Assert.True(GrantCounts.TryParse($$"""{"{{key}}": 5}""", out var counts));
            Assert.Equal(5, counts.Of("git.hub"));
            Assert.Equal(5, risk switch { RiskClass.Read => counts.Reads, RiskClass.Write => counts.Writes, _ => counts.Privileged });
        }

        Assert.True(GrantCounts.TryParse("{}", out var none));
        Assert.Same(GrantCounts.None, none);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"mail": 1}""")]
    [InlineData("""{":read": 1}""")]
    [InlineData("""{"mail:reed": 1}""")]
    [InlineData("""{"mail:read": "1"}""")]
    [InlineData("""{"mail:read": 1.5}""")]
    [InlineData("""{"mail:read": 1, "mail:read": 2}""")]
    public void What_it_never_wrote_does_not_read(string json) => Assert.False(GrantCounts.TryParse(json, out _));
}
