using System.Security.Cryptography;
using System.Text;
using CredBroker.Client;
using CredBroker.Server.Keys;
using CredBroker.V1;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Secrets are in memory only: not in the database, not in its dump, not in the logs at any level.</summary>
public sealed class SecretsTests(Postgres postgres)
{
    [Fact]
    public async System.Threading.Tasks.Task No_token_proof_secret_or_private_key_is_in_the_database_or_the_logs()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var join = await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
        await using var backend = await AgentSession.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(join.Secret), TestContext.Current.CancellationToken);
        await using var agent = await broker.AgentAsync();
        const string Pasted = "AKIAIOSFODNN7EXAMPLE";
        var start = Story.Start();
        start.Intent = $"Use {Pasted} to answer ticket 4711";
        var task = (await agent.Tasks.StartTaskAsync(start)).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));
        await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token });
        await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Token = minted.Token, Cause = "test" });

        var everything = await DumpAsync(broker) + string.Join('\n', broker.Logs);
        Assert.Contains(minted.Jti, everything, StringComparison.Ordinal);   // the net has no hole: what should be there is found
        string[] secrets =
        [
            minted.Token, minted.Token.Split('.')[2], agent.Identity.IdentityToken, agent.Identity.IdentityToken.Split('.')[2], backend.Identity.IdentityToken, join.Secret, Pasted,
            .. PrivateParts(broker),
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> PrivateParts(TestBroker broker)
    {
        var key = (ECDsa)typeof(SigningKey).GetField("_private", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
            .GetValue(broker.Service<SigningKeys>().Current)!;
        var d = key.ExportParameters(includePrivateParameters: true).D!;
        return [Convert.ToHexString(d), Convert.ToBase64String(d), System.Buffers.Text.Base64Url.EncodeToString(d)];
    }

    private static async Task<string> DumpAsync(TestBroker broker)
    {
        var text = new StringBuilder();
        foreach (var table in await broker.Database.ColumnAsync<string>("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"))
            foreach (var row in await broker.Database.ColumnAsync<string>($"SELECT t::text FROM \"{table}\" t"))
                text.AppendLine(row);
        return text.ToString();
    }
}
