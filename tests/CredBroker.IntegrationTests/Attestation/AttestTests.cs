using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class AttestTests(Postgres postgres) : IAsyncLifetime
{
    private AttestationHarness harness = null!;

    public async ValueTask InitializeAsync() => harness = await AttestationHarness.StartAsync(postgres, Forgeries.Yaml, ("keys.json", ForgeJwt.Jwks));

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    [Fact]
    public async Task An_OIDC_token_is_traded_for_an_identity_token_that_is_bound_and_recorded()
    {
        var answer = AttestationHarness.Answered(await harness.PresentAsync(Forgeries.Oidc.Sign()));

        var claims = ClaimsOf(answer.IdentityToken);
        var thumbprint = ForgeKeys.Parse(AttestationHarness.PublicKey).Thumbprint.ToString();
        Assert.Equal("spiffe://example.org/agents", claims.GetProperty("sub").GetString());
        Assert.Equal(AttestationHarness.Issuer, claims.GetProperty("aud").GetString());
        Assert.Equal(thumbprint, claims.GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.Equal($"jkt:{thumbprint}", answer.Binding);
        Assert.Equal(["jwt:trust_domain:ci.example.org", "jwt:subject:repo:acme/agents"], answer.Selectors);
        Assert.Equal(600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());

        var entry = Assert.Single(await harness.EntriesAsync(AuditKind.WorkloadAttested));
        Assert.Equal(claims.GetProperty("jti").GetString(), entry.GetProperty("jti").GetString());
        Assert.Equal(1, entry.GetProperty("catalog_version").GetInt32());
        Assert.Equal("repo:acme/agents", entry.GetProperty("evidence").GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Neither_evidence_nor_tokens_are_in_the_record()
    {
        var evidence = Forgeries.Oidc.Sign();
        var answer = AttestationHarness.Answered(await harness.PresentAsync(evidence));
        await harness.PresentAsync(evidence[..^4] + "AAAA");

        var record = await harness.Database.ScalarAsync<string>("SELECT json_agg(a)::text FROM audit_entries a");

        foreach (var secret in new[] { evidence, answer.IdentityToken })
            Assert.DoesNotContain(secret.Split('.')[2], record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_JWT_SVID_needs_no_issuer() =>
        Assert.Equal("agents", AttestationHarness.Answered(await harness.PresentAsync(Forgeries.Svid.Sign())).Workload);

    [Fact]
    public async Task The_identity_token_ends_with_the_evidence()
    {
        var exp = Forgeries.Seconds(90);
        var answer = AttestationHarness.Answered(await harness.PresentAsync((Forgeries.Oidc with { Exp = exp }).Sign()));

        Assert.Equal(exp, $"{answer.ExpiresAt.Seconds}");
        Assert.Equal(exp, $"{ClaimsOf(answer.IdentityToken).GetProperty("exp").GetInt64()}");
    }

    // One database for all of them: a theory would make one for each.
    [Fact]
    public async Task A_forged_token_is_refused_and_the_record_has_the_reason()
    {
        foreach (var (reason, token) in Forgeries.All)
            Assert.True(await harness.RefusalAsync(await harness.PresentAsync(token)) == reason.ToString(), $"{reason} expected of {token}");

        Assert.Empty(await harness.EntriesAsync(AuditKind.WorkloadAttested));
        Assert.Equal(Forgeries.All.Count, (await harness.EntriesAsync(AuditKind.AttestationRefused)).Count);
    }

    [Fact]
    public async Task A_key_that_was_replaced_elsewhere_is_not_believed_one_call_longer()
    {
        var token = Forgeries.Oidc.Sign();
        AttestationHarness.Answered(await harness.PresentAsync(token));
        await harness.ApplyAsync(Forgeries.Yaml, ("keys.json", ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.OtherP256, "\"kid\":\"k1\""))));

        Assert.Equal(nameof(Reason.BadSignature), await harness.RefusalAsync(await harness.PresentAsync(token)));
        Assert.Equal(2, (await harness.EntriesAsync(AuditKind.AttestationRefused))[^1].GetProperty("catalog_version").GetInt32());
    }

    [Fact]
    public async Task A_workload_that_was_added_elsewhere_is_known_at_once()
    {
        var token = (Forgeries.Oidc with { Sub = "\"repo:acme/new\"" }).Sign();
        Assert.Equal(nameof(Reason.NoWorkloadMatches), await harness.RefusalAsync(await harness.PresentAsync(token)));
        await harness.ApplyAsync(Forgeries.Yaml.Replace("repo:acme/agents", "repo:acme/new", StringComparison.Ordinal), ("keys.json", ForgeJwt.Jwks));

        AttestationHarness.Answered(await harness.PresentAsync(token));
    }

    [Fact]
    public async Task No_identity_is_recorded_under_a_catalog_that_was_replaced_before()
    {
        // Replicas attest while the workload is taken away and given back; each entry must say a version that was then in force.
        var without = Forgeries.Yaml.Replace("repo:acme/agents", "repo:acme/nobody", StringComparison.Ordinal);
        using var stop = new CancellationTokenSource();
        var token = Forgeries.Oidc.Sign();
        var attesting = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await harness.PresentAsync(token);
        })).ToList();
        for (var turn = 0; turn < 20; turn++)
            await harness.ApplyAsync(turn % 2 == 0 ? without : Forgeries.Yaml, ("keys.json", ForgeJwt.Jwks));
        await stop.CancelAsync();
        await Task.WhenAll(attesting);

        // Odd versions have the workload, even ones do not.
        Assert.All(await harness.EntriesAsync(AuditKind.WorkloadAttested), entry => Assert.Equal(1, entry.GetProperty("catalog_version").GetInt32() % 2));
        Assert.All(await harness.EntriesAsync(AuditKind.AttestationRefused), entry => Assert.Equal(0, entry.GetProperty("catalog_version").GetInt32() % 2));
    }

    [Theory]
    [InlineData("", Reason.FieldMissing)]
    [InlineData("{}", Reason.FieldMalformed)]
    [InlineData("not json", Reason.FieldMalformed)]
    [InlineData("""{"kty":"oct","k":"AAAA"}""", Reason.FieldMalformed)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", Reason.FieldMalformed)]
    public async Task A_malformed_key_is_named_and_nothing_is_recorded(string key, Reason reason)
    {
        var request = new AttestRequest { Jwt = new() { Token = Forgeries.Oidc.Sign() }, PublicJwk = key };
        var refused = Assert.IsType<Reply<AttestResponse>.Refused>(
            await harness.Attest.HandleAsync(request, new DefaultHttpContext(), TestContext.Current.CancellationToken));

        Assert.Equal((reason, "public_jwk"), (refused.Refusal.Reason, refused.Refusal.Field));
        Assert.Null(refused.DecisionId);
        Assert.Empty(await harness.EntriesAsync(AuditKind.AttestationRefused));
    }

    [Fact]
    public async Task Keys_of_other_kinds_and_private_keys_are_refused()
    {
        var parameters = ForgeKeys.OtherP256.ExportParameters(true);
        var tooLong = ForgeKeys.Jwk(ForgeKeys.P256, $"\"x5u\":\"{new string('a', 1_024)}\"");
        foreach (var (key, reason) in new[]
        {
            (ForgeKeys.Jwk(ForgeKeys.P384), Reason.FieldMalformed),
            (ForgeKeys.Jwk(ForgeKeys.Rsa), Reason.FieldMalformed),
            (ForgeKeys.Jwk(ForgeKeys.OtherP256, $"\"d\":\"{Base64Url.EncodeToString(parameters.D)}\""), Reason.FieldMalformed),
            (tooLong, Reason.FieldTooLong),
        })
        {
            var refused = Assert.IsType<Reply<AttestResponse>.Refused>(
                await harness.AttestAsync(new() { Jwt = new() { Token = Forgeries.Oidc.Sign() }, PublicJwk = key }));
            Assert.Equal((reason, "public_jwk"), (refused.Refusal.Reason, refused.Refusal.Field));
        }
    }

    [Fact]
    public async Task No_evidence_at_all_is_malformed()
    {
        var refused = Assert.IsType<Reply<AttestResponse>.Refused>(await harness.AttestAsync(new()));

        Assert.Equal((Reason.FieldMissing, "evidence"), (refused.Refusal.Reason, refused.Refusal.Field));
    }

    [Fact]
    public async Task Evidence_of_the_connection_needs_such_a_connection()
    {
        Assert.Equal(nameof(Reason.NoPeerEvidence), await harness.RefusalAsync(await harness.AttestAsync(new() { UnixPeer = new() })));
        Assert.Equal(nameof(Reason.NoPeerEvidence), await harness.RefusalAsync(await harness.AttestAsync(new() { X509Peer = new() })));
    }

    private static JsonElement ClaimsOf(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
}
