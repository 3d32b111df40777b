using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Tests.Identity;
using Evidence = CredBroker.Client.Evidence;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>Each forgery of a JWT, over the wire: the caller is denied as everybody is, and the record has why.</summary>
public sealed class JwtDenialTests(Postgres postgres) : IAsyncLifetime
{
    // Two more trust domains that issue JWT-SVIDs: one that names its issuer and has keys of its own, one that has no keys at all.
    private const string More = """
          named.example:
            jwt: {profile: jwt_svid, issuer: "https://named.example", audiences: [broker], jwks_file: named.json}
          plain.example: {}
        workloads:
          named:
            spiffe_id: spiffe://named.example/workloads/named
            owner: team
            class: agent
            attest: [{jwt: {trust_domain: named.example, subject: "spiffe://named.example/svid"}}]
          releases:
            spiffe_id: spiffe://example.org/releases
            owner: team
            class: agent
            attest: [{jwt: {trust_domain: ci.example.org, claims: {environment: production}}}]
        """;

    private const string ByNamed = """{"alg":"ES256","kid":"n1"}""";

    private static readonly (string, string)[] Files =
        [("keys.json", ForgeJwt.Jwks), ("named.json", ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.OtherP256, "\"kid\":\"n1\"")))];

    private AttestationBroker broker = null!;

    private static string Yaml => Forgeries.Yaml.Replace("workloads:", More, StringComparison.Ordinal);

    private static ForgeJwt Named => Forgeries.Oidc with { Header = ByNamed, Iss = "\"https://named.example\"", Sub = "\"spiffe://named.example/svid\"" };

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(postgres, Yaml, Files);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    // One broker for all of them: each costs a second to start.
    [Fact]
    public async Task Every_forgery_is_denied_and_recorded_with_its_reason()
    {
        await DeniedAsync(Reason.UnknownTrustDomain, Forgeries.Of(Reason.UnknownTrustDomain));
        await DeniedAsync(Reason.WrongAudience, Forgeries.Of(Reason.WrongAudience));
        await DeniedAsync(Reason.EvidenceExpired, Forgeries.Of(Reason.EvidenceExpired));
        await DeniedAsync(Reason.EvidenceNotYetValid, Forgeries.Of(Reason.EvidenceNotYetValid));
        await DeniedAsync(Reason.EvidenceMalformed, Forgeries.Of(Reason.EvidenceMalformed));
        await DeniedAsync(Reason.AlgorithmNotAllowed, Forgeries.Of(Reason.AlgorithmNotAllowed));
        await DeniedAsync(Reason.UnknownKey, Forgeries.Of(Reason.UnknownKey));
        await DeniedAsync(Reason.BadSignature, Forgeries.Of(Reason.BadSignature));
        await DeniedAsync(Reason.NoWorkloadMatches, Forgeries.Of(Reason.NoWorkloadMatches));
        await DeniedAsync(Reason.EvidenceKindNotAllowed, Forgeries.Of(Reason.EvidenceKindNotAllowed));

        Assert.Equal(Forgeries.All.Count, await EntriesAsync(AuditKind.AttestationRefused));
        Assert.Equal(0, await EntriesAsync(AuditKind.WorkloadAttested));
    }

    [Fact]
    public async Task A_trust_domain_that_names_its_issuer_is_spoken_for_by_no_other()
    {
        Assert.Equal("named", await AttestedAsync(Named.Sign(ForgeKeys.OtherP256)));

        await DeniedAsync(Reason.WrongIssuer, [
            (Named with { Iss = "\"https://evil.example\"" }).Sign(ForgeKeys.OtherP256),
            (Named with { Iss = "\"https://named.example/\"" }).Sign(ForgeKeys.OtherP256),
            (Named with { Iss = null }).Sign(ForgeKeys.OtherP256),
        ]);
        // Who names another trust domain's issuer is held against that one's keys.
        await DeniedAsync(Reason.UnknownKey, [(Named with { Iss = $"\"{ForgeJwt.Issuer}\"" }).Sign(ForgeKeys.OtherP256)]);
    }

    [Fact]
    public async Task A_trust_domain_vouches_for_no_SVID_of_another()
    {
        var stolen = Forgeries.Svid with { Header = ByNamed };

        // Of example.org by its subject, and signed by the key of named.example, under either key's name.
        await DeniedAsync(Reason.UnknownKey, [stolen.Sign(ForgeKeys.OtherP256)]);
        await DeniedAsync(Reason.BadSignature, [Forgeries.Svid.Sign(ForgeKeys.OtherP256), (Named with { Iss = null }).Sign(ForgeKeys.P256)]);
        // Of named.example by its issuer and its key: there no such subject can be.
        await DeniedAsync(Reason.EvidenceMalformed, [(stolen with { Iss = "\"https://named.example\"" }).Sign(ForgeKeys.OtherP256)]);
    }

    [Fact]
    public async Task A_trust_domain_without_keys_vouches_with_nothing()
    {
        var token = (Forgeries.Svid with { Sub = "\"spiffe://plain.example/svid\"" }).Sign();

        var evidence = await broker.DeniedAsync(Reason.EvidenceKindNotAllowed, broker.OverTcp(), new Evidence.Jwt(token));

        Assert.Equal(("jwt", "plain.example"), (evidence.GetProperty("kind").GetString(), evidence.GetProperty("trust_domain").GetString()));
    }

    [Fact]
    public async Task Who_fits_two_workloads_is_neither()
    {
        Assert.Equal("releases", await AttestedAsync((Forgeries.Oidc with { Sub = "\"repo:acme/tools\"", More = "\"environment\":\"production\"" }).Sign()));
        Assert.Equal("agents", await AttestedAsync((Forgeries.Oidc with { More = "\"environment\":\"staging\"" }).Sign()));

        await DeniedAsync(Reason.SeveralWorkloadsMatch, [(Forgeries.Oidc with { More = "\"environment\":\"production\"" }).Sign()]);
        // A selector is a text: what only looks like one when it is written down is none.
        await DeniedAsync(Reason.NoWorkloadMatches, [(Forgeries.Oidc with { Sub = "\"repo:acme/tools\"", More = "\"environment\":[\"production\"]" }).Sign()]);
    }

    [Fact]
    public async Task An_identity_token_of_the_broker_is_no_evidence()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.Jwt(Forgeries.Svid.Sign()));

        await DeniedAsync(Reason.EvidenceMalformed, [session.Identity.IdentityToken]);
    }

    private async Task DeniedAsync(Reason reason, IEnumerable<string> tokens)
    {
        var connection = broker.OverTcp();
        foreach (var token in tokens)
        {
            var evidence = await broker.DeniedAsync(reason, connection, new Evidence.Jwt(token));
            Assert.Equal("jwt", evidence.GetProperty("kind").GetString());
        }
    }

    private async Task<string> AttestedAsync(string token)
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.Jwt(token));
        return session.Identity.Workload;
    }

    private Task<long> EntriesAsync(AuditKind kind) =>
        broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = $1", (short)kind);
}
