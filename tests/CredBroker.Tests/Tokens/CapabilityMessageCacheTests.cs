using CredBroker.Server.Ledger;
using CredBroker.Server.Tokens;
using CredBroker.Server.Wire;

namespace CredBroker.Tests.Tokens;

public sealed class CapabilityMessageCacheTests
{
    private const string OneState = """{"state": {"in": ["open"]}}""";

    private readonly CapabilityMessageCache _cache = new();

    [Fact]
    public void Equal_text_of_different_tokens_is_read_once()
    {
        var first = _cache.Of(TextOf(Row("acme/tickets/1", OneState)));
        Assert.Same(first, _cache.Of(TextOf(Row(string.Concat("acme/tickets/", "1"), OneState))));
        Assert.Equal(IssuedTokens.CapabilityOf(Row("acme/tickets/1", OneState)).ToMessage(), first);
    }

    [Fact]
    public void Every_part_of_the_text_tells_capabilities_apart()
    {
        var one = Row("acme/tickets/1", OneState);
        TokenRow[] rows =
        [
            one, one with { Tool = "other" }, one with { Action = "write" }, one with { Resource = "acme/tickets/2" }, one with { ParametersJson = "{}" },
        ];
        for (var round = 0; round < 2; round++)
            foreach (var row in rows)
                Assert.Equal(IssuedTokens.CapabilityOf(row).ToMessage(), _cache.Of(TextOf(row)));
    }

    [Fact]
    public void Long_text_is_right_and_not_kept()
    {
        var row = Row($"acme/{new string('a', 1_015)}", OneState);
        var read = _cache.Of(TextOf(row));
        Assert.Equal(row.Resource, read.Resource);
        Assert.NotSame(read, _cache.Of(TextOf(row)));
    }

    [Fact]
    public void Text_that_does_not_read_is_refused_every_time()
    {
        for (var round = 0; round < 2; round++) Assert.Throws<InvalidDataException>(() => _cache.Of(TextOf(Row("acme/../x", OneState))));
    }

    private static GrantedText TextOf(TokenRow row) => new(row.Tool, row.Action, row.Resource, row.ParametersJson);

    private static TokenRow Row(string resource, string parameters) => new()
    {
        Jti = default, Active = true, TaskId = default, RootId = default, Ancestors = [], Workload = "spiffe://example.test/agent",
        Initiator = "user:alice", Tool = "tickets", Action = "read", Resource = resource, ParametersJson = parameters, Audience = "https://tickets.example.test",
        Kid = "k", IssuedAt = default, ExpiresAt = default, DecisionId = default, AskDigest = new byte[32], TokenHash = new byte[32],
    };
}
