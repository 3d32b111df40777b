using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>What makes a text one of our tokens: it is the one that was recorded, or our signature is on it.</summary>
public sealed class IntrospectTests(Postgres postgres)
{
    private static readonly BigInteger s_order =
        BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", System.Globalization.NumberStyles.HexNumber, null);

    [Fact]
    public async Task A_token_signed_again_for_the_same_request_is_as_good_as_the_first()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var mint = Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId);
        var first = await agent.Tokens.MintAsync(mint);
        var again = await agent.Tokens.MintAsync(mint);

        Assert.NotEqual(first.Token, again.Token);
        Assert.Equal(first.Jti, again.Jti);
        foreach (var token in (string[])[first.Token, again.Token, first.Token, again.Token])
            Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active);
    }

    [Fact]
    public async Task The_row_has_the_hash_of_the_token_and_nothing_that_it_could_be_made_from()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var minted = await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId));

        var recorded = await broker.Database.ScalarAsync<byte[]>("SELECT token_hash FROM tokens WHERE jti = $1", Guid.Parse(minted.Jti));

        Assert.Equal(AccessTokenHash.Of(minted.Token).ToArray(), recorded);
    }

    // The id of a live token is known to its backend: nothing else of a forgery may matter.
    [Fact]
    public async Task A_live_id_makes_no_token_of_a_text_that_was_not_signed()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var minted = await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId));
        var parts = minted.Token.Split('.');
        var richer = Encoding.UTF8.GetString(Base64Url(parts[1])).Replace("4711", "4712", StringComparison.Ordinal);
        Assert.NotEqual(richer, Encoding.UTF8.GetString(Base64Url(parts[1])));
        var nameless = Regex.Replace(Encoding.UTF8.GetString(Base64Url(parts[1])), "\"jti\":\"[^\"]+\"", $"\"jti\":\"{Guid.Empty}\"");
        Assert.Contains(Guid.Empty.ToString(), nameless, StringComparison.Ordinal);
        var torn = Base64Url(parts[2]);
        torn[40] ^= 1;
        string[] forged =
        [
            $"{parts[0]}.{Text(Encoding.UTF8.GetBytes(richer))}.{parts[2]}",
            $"{parts[0]}.{Text(Encoding.UTF8.GetBytes(nameless))}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{Text(torn)}",
            $"{parts[0]}.{parts[1]}.{Text(new byte[64])}",
            $"{parts[0]}.{parts[1]}.{parts[2][..^2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            $" {minted.Token}",
            $"{minted.Token}=",
        ];
        foreach (var text in forged)
            Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = text }));

        Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token })).Active);
    }

    // ECDSA has two signatures for one message: the other one is ours too, and says the same.
    [Fact]
    public async Task The_other_spelling_of_a_signature_lives_and_dies_with_the_token()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var minted = await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId));
        var parts = minted.Token.Split('.');
        var signature = Base64Url(parts[2]);
        var s = s_order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        var bytes = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(signature, 64 - bytes.Length);
        var spelled = new IntrospectRequest { Token = $"{parts[0]}.{parts[1]}.{Text(signature)}" };

        Assert.True((await backend.Tokens.IntrospectAsync(spelled)).Active);
        await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" });
        Assert.False((await backend.Tokens.IntrospectAsync(spelled)).Active);
    }

    [Fact]
    public async Task A_token_for_another_audience_is_nobody_elses_business()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var mail = await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));

        Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = mail.Token }));
    }

    private static byte[] Base64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
