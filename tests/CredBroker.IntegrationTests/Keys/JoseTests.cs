using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>A backend that checks offline, with a library of somebody else's, comes to the same as the broker.</summary>
public sealed class JoseTests(Postgres postgres)
{
    private const string Issuer = "https://broker.example.test";

    [Fact]
    public async Task Jose_verifies_a_token_by_the_published_keys_and_reads_what_RFC_9068_and_RFC_9396_put_into_it()
    {
        Assert.SkipWhen(await Jose.WhyNotAsync() is not null, await Jose.WhyNotAsync() ?? "");
        await using var broker = await StartAsync();
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));

        var verified = (await AskAsync(broker, ("token", minted.Token))).GetProperty("tokens").GetProperty("token");

        Assert.True(verified.TryGetProperty("payload", out var claims), verified.ToString());
        Assert.Equal(("ES256", "at+jwt"), (Text(verified, "header", "alg"), Text(verified, "header", "typ")));
        Assert.Equal((Issuer, TestCatalog.Audience, TestCatalog.Agent), (Text(claims, "iss"), Text(claims, "aud"), Text(claims, "sub")));
        Assert.Equal((TestCatalog.Agent, minted.Jti, task, task), (Text(claims, "client_id"), Text(claims, "jti"), Text(claims, "task"), Text(claims, "txn")));
        Assert.Equal(minted.ExpiresAt.Seconds, claims.GetProperty("exp").GetInt64());
        Assert.InRange(claims.GetProperty("iat").GetInt64(), 1, claims.GetProperty("exp").GetInt64());
        Assert.Equal(
            """[{"type":"credbroker_capability","tool":"tickets","action":"read","resource":"acme/tickets/4711","parameters":{"state":{"in":["open"]}}}]""",
            claims.GetProperty("authorization_details").GetRawText());
    }

    [Fact]
    public async Task A_token_is_bound_to_the_thumbprint_that_jose_makes_of_the_callers_public_key()
    {
        Assert.SkipWhen(await Jose.WhyNotAsync() is not null, await Jose.WhyNotAsync() ?? "");
        await using var broker = await StartAsync();
        var key = EphemeralKey.Create();
        await using var agent = await AgentSession.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer(), key, TestContext.Current.CancellationToken);
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var bound = await agent.Tokens.MintAsync(Story.Mint(task));
        var bearer = await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()).Changed(mint => mint.Bearer = true));

        var said = await AskAsync(broker, key.Public.ToJson(), ["https://mail.example.test", TestCatalog.Audience], ("bound", bound.Token), ("bearer", bearer.Token));

        var tokens = said.GetProperty("tokens");
        Assert.Equal(Text(said, "thumbprints", "caller"), Text(tokens, "bound", "payload", "cnf", "jkt"));
        Assert.False(tokens.GetProperty("bearer").GetProperty("payload").TryGetProperty("cnf", out _));
    }

    [Fact]
    public async Task With_any_one_byte_of_it_flipped_jose_refuses_a_token_and_so_does_the_broker()
    {
        Assert.SkipWhen(await Jose.WhyNotAsync() is not null, await Jose.WhyNotAsync() ?? "");
        await using var broker = await StartAsync();
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var token = (await agent.Tokens.MintAsync(Story.Mint(task))).Token;
        var flipped = Flipped(token).Distinct(StringComparer.Ordinal).ToList();

        var said = (await AskAsync(broker, [("whole", token), .. flipped.Select((text, i) => ($"{i}", text))])).GetProperty("tokens");

        Assert.True(said.GetProperty("whole").TryGetProperty("payload", out _), said.GetProperty("whole").ToString());
        Assert.True(flipped.Count > 500);
        for (var i = 0; i < flipped.Count; i++)
            Assert.True(said.GetProperty($"{i}").TryGetProperty("refused", out _), flipped[i]);
        Assert.All(await Task.WhenAll(flipped.Select(text => backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = text }).ResponseAsync)),
            answer => Assert.Equal(new IntrospectResponse(), answer));
        Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active);
    }

    [Fact]
    public async Task A_token_for_one_audience_is_refused_by_another_and_an_identity_token_by_all()
    {
        Assert.SkipWhen(await Jose.WhyNotAsync() is not null, await Jose.WhyNotAsync() ?? "");
        await using var broker = await StartAsync();
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var mail = await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));

        var said = (await AskAsync(broker, ("mail", mail.Token), ("identity", agent.Identity.IdentityToken))).GetProperty("tokens");

        Assert.Equal("ERR_JWT_CLAIM_VALIDATION_FAILED", Text(said, "mail", "refused"));
        Assert.Equal("ERR_JWT_CLAIM_VALIDATION_FAILED", Text(said, "identity", "refused"));
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(postgres, options =>
    {
        options.Issuer = Issuer;
        options.WebListen.Add("http://127.0.0.1:0");
    });

    private static Task<JsonElement> AskAsync(TestBroker broker, params (string Name, string Token)[] tokens) =>
        AskAsync(broker, null, [TestCatalog.Audience], tokens);

    private static Task<JsonElement> AskAsync(TestBroker broker, string? callerKey, string[] audiences, params (string Name, string Token)[] tokens) => Jose.VerifyAsync(new
    {
        jwks = new Uri(broker.WebAddress, "/.well-known/jwks.json"),
        issuer = Issuer,
        audience = audiences,
        keys = callerKey is null ? [] : new Dictionary<string, JsonElement> { ["caller"] = JsonDocument.Parse(callerKey).RootElement },
        tokens = tokens.ToDictionary(token => token.Name, token => token.Token),
    });

    // One bit of each byte of header, payload and signature in turn.
    private static IEnumerable<string> Flipped(string token)
    {
        var parts = token.Split('.');
        for (var part = 0; part < parts.Length; part++)
        {
            var bytes = Base64Url.DecodeFromChars(parts[part]);
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 1;
                string[] changed = [.. parts];
                changed[part] = Base64Url.EncodeToString(bytes);
                yield return string.Join('.', changed);
                bytes[i] ^= 1;
            }
        }
    }

    private static string? Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (at, name) => at.GetProperty(name)).GetString();
}
