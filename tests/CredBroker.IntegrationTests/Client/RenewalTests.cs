using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Client;

/// <summary>A session at a whole broker, for longer than its identity lives.</summary>
public sealed class RenewalTests(Postgres postgres)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(4);
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly LeapClock clock = new();

    [Fact]
    public async Task The_identity_is_renewed_before_it_expires_and_calls_go_on()
    {
        await using var broker = await StartAsync();
        await using var session = await AgentSession.AttestAsync(broker.OverSocket(Clocked), new Evidence.UnixPeer(), Ct);
        var task = (await session.Tasks.StartTaskAsync(Story.Start().Within(TimeSpan.FromHours(1)))).Task.TaskId;
        var binding = session.Identity.Binding;

        for (var renewal = 1; renewal <= 4; renewal++)
        {
            await RenewedByAsync(session, async () => Assert.NotEmpty((await session.Tokens.MintAsync(Story.Mint(task))).Token));
            Assert.Equal(1 + renewal, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = $1", (short)AuditKind.WorkloadAttested));
        }

        // The key stays: what was minted before is still the session's to use.
        Assert.Equal(binding, session.Identity.Binding);
    }

    [Fact]
    public async Task A_token_in_a_file_is_read_again_each_time_and_proves_with_the_same_key()
    {
        await using var issuer = await KeyHost.StartAsync(ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"k1\"")));
        var trust = $"example.test: {{jwt: {{profile: jwt_svid, audiences: [broker], jwks_url: \"{issuer.Address}\"}}}}";
        var catalog = TestCatalog.Yaml().Replace("example.test: {}", trust, StringComparison.Ordinal)
            .Replace("- join_token: true", $"- jwt: {{ trust_domain: example.test, subject: \"{TestCatalog.Other}\" }}", StringComparison.Ordinal)
            .Replace("  backend:", "  former:", StringComparison.Ordinal);
        catalog = catalog[..catalog.IndexOf("  former:", StringComparison.Ordinal)];
        await using var broker = await StartAsync(catalog);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Svid(), Ct);
        await using var session = await AgentSession.AttestAsync(broker.OverTcp(Clocked), new Evidence.JwtFile(file), Ct);
        var binding = session.Identity.Binding;

        for (var renewal = 0; renewal < 3; renewal++)
        {
            await File.WriteAllTextAsync(file, Svid(after: TimeSpan.FromMinutes(3)), Ct);
            await RenewedByAsync(session, async () =>
            {
                var known = await session.Attestation.WhoAmIAsync(new WhoAmIRequest());
                Assert.Equal(("other", "dpop", binding), (known.Workload, known.AuthenticatedBy, known.Binding));
            });
        }

        File.Delete(file);
    }

    [Fact]
    public async Task Evidence_that_was_good_once_ends_with_the_identity()
    {
        await using var broker = await StartAsync();
        var secret = (await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" })).Secret;
        await using var session = await AgentSession.AttestAsync(broker.OverTcp(Clocked), new Evidence.JoinToken(secret), Ct);

        clock.Leap(Life - TimeSpan.FromMinutes(1));
        var known = await session.Attestation.WhoAmIAsync(new WhoAmIRequest());
        Assert.Equal(("backend", TestCatalog.Audience, "dpop"), (known.Workload, Assert.Single(known.Serves), known.AuthenticatedBy));
        clock.Leap(TimeSpan.FromMinutes(1));
        await Refused.AsAsync(Reason.IdentityTokenRefused, session.Attestation.WhoAmIAsync(new WhoAmIRequest()));
    }

    [Fact]
    public async Task Who_left_the_catalog_is_told_so_by_the_next_call()
    {
        await using var broker = await StartAsync();
        await using var session = await AgentSession.AttestAsync(broker.OverSocket(Clocked), new Evidence.UnixPeer(), Ct);
        var without = TestCatalog.Yaml();
        without = without[..without.IndexOf("workloads:", StringComparison.Ordinal)];
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without))).Valid);

        // The identity token is refused, and when the session attests anew, so is the evidence.
        await broker.DeniedAsync(Reason.NoWorkloadMatches, session.Attestation.WhoAmIAsync(new WhoAmIRequest()));
    }

    private ConnectionOptions Clocked => new() { Clock = clock };

    private Task<TestBroker> StartAsync(string? catalog = null) =>
        TestBroker.StartAsync(postgres, options => options.IdentityTokenLifetime = Life, catalog, clock);

    // In the second half of its life a call goes with the identity that is held, and has it renewed.
    private async Task RenewedByAsync(AgentSession session, Func<Task> call)
    {
        var held = session.Identity;
        clock.Leap(Life * 0.6);
        await call();
        await TestDatabase.UntilAsync(() => Task.FromResult(!ReferenceEquals(session.Identity, held)));
        Assert.True(clock.GetUtcNow() < held.ExpiresAt, "it was renewed too late");
        Assert.True(session.Identity.ExpiresAt > held.ExpiresAt, "it was not renewed at all");
    }

    private string Svid(TimeSpan after = default)
    {
        var now = (clock.GetUtcNow() + after).ToUnixTimeSeconds();
        return new ForgeJwt { Iss = null, Sub = $"\"{TestCatalog.Other}\"", Iat = null, Exp = $"{now + 270}" }.Sign();
    }
}
