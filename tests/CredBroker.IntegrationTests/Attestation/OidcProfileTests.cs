using System.Text.Json;
using CredBroker.Core;
using CredBroker.Tests.Identity;
using Evidence = CredBroker.Client.Evidence;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>The tokens that agents have where they run, with the key sets of their issuers, over the wire.</summary>
public sealed class OidcProfileTests(Postgres postgres) : IAsyncLifetime
{
    private AttestationBroker broker = null!;
    private KeyHost cluster = null!;
    private KeyHost ci = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await KeyHost.StartAsync(OidcTokens.KubernetesKeys);
        ci = await KeyHost.StartAsync(OidcTokens.GitHubKeys);
        broker = await AttestationBroker.StartAsync(postgres, $$"""
            trust_domains:
              example.test: {}
              cluster.example.test:
                jwt: {profile: oidc, issuer: "{{OidcTokens.Kubernetes}}", audiences: ["{{OidcTokens.Audience}}"], jwks_url: "{{cluster.Address}}"}
              ci.example.test:
                jwt: {profile: oidc, issuer: "{{OidcTokens.GitHub}}", audiences: ["{{OidcTokens.Audience}}"], jwks_url: "{{ci.Address}}"}
            workloads:
              support:
                spiffe_id: spiffe://example.test/support
                owner: team
                class: agent
                attest: [{jwt: {trust_domain: cluster.example.test, subject: "system:serviceaccount:agents:support"} }]
              deploy:
                spiffe_id: spiffe://example.test/deploy
                owner: team
                class: agent
                attest:
                  - jwt: {trust_domain: ci.example.test, claims: {repository: acme/agents, environment: production, ref: refs/heads/main, event_name: push} }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        await cluster.DisposeAsync();
        await ci.DisposeAsync();
    }

    [Fact]
    public async Task A_pod_is_known_by_its_service_account()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), Of(OidcTokens.OfPod()));

        Assert.Equal(("support", "spiffe://example.test/support"), (session.Identity.Workload, session.Identity.SpiffeId));
        Assert.Equal(["jwt:trust_domain:cluster.example.test", "jwt:subject:system:serviceaccount:agents:support"], session.Identity.Selectors);
    }

    [Fact]
    public async Task A_job_is_known_by_its_claims()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), Of(OidcTokens.OfJob()));

        Assert.Equal("deploy", session.Identity.Workload);
        Assert.Contains("jwt:claim:environment=production", session.Identity.Selectors);
    }

    [Fact]
    public async Task Tokens_of_other_pods_or_for_other_uses_are_nobodys()
    {
        // For the API server itself: what a pod finds at the usual path, and what the broker must never be able to use elsewhere.
        await DeniedAsync(Reason.WrongAudience, OidcTokens.OfPod() with { Aud = $"[\"{OidcTokens.Kubernetes}\"]" });
        // Such tokens are extended to a year where pods do not yet read them again.
        await DeniedAsync(Reason.EvidenceMalformed, OidcTokens.OfPod() with { Exp = Forgeries.Seconds(31_536_000) });
        // The tokens of before 1.24, from a secret, without an end.
        await DeniedAsync(
            Reason.UnknownTrustDomain, OidcTokens.OfPod() with { Iss = "\"kubernetes/serviceaccount\"", Aud = null, Exp = null, Nbf = null, Iat = null });
        await DeniedAsync(Reason.EvidenceExpired, OidcTokens.OfPod() with { Iat = Forgeries.Seconds(-3_700), Exp = Forgeries.Seconds(-100) });
        // Who may make service accounts in one namespace is nobody in another.
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfPod("sandbox:support"));
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfPod("agents:default"));
        await DeniedAsync(Reason.UnknownKey, OidcTokens.OfPod() with { Header = """{"alg":"RS256","kid":"of another cluster"}""" });
        await DeniedAsync(Reason.AlgorithmNotAllowed, OidcTokens.OfPod() with { Header = """{"alg":"RS512","kid":"3vEBzqoRqnLkPvJb"}""" });
        await DeniedAsync(Reason.AlgorithmNotAllowed, OidcTokens.OfPod() with { Header = """{"alg":"PS256","kid":"3vEBzqoRqnLkPvJb"}""" });
    }

    [Fact]
    public async Task Tokens_of_other_jobs_are_nobodys()
    {
        // A pull request from a fork runs in the same repository, by whoever opened it.
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfJob(
            ("sub", "repo:acme/agents:pull_request"), ("ref", "refs/pull/7/merge"), ("event_name", "pull_request"), ("head_ref", "evil")));
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfJob(("repository", "evil/agents"), ("sub", "repo:evil/agents:environment:production")));
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfJob(("repository", "acme/agents ")));
        await DeniedAsync(Reason.NoWorkloadMatches, OidcTokens.OfJob(("environment", "Production")));
        // The default audience of the toolkit is the owner's address.
        await DeniedAsync(Reason.WrongAudience, OidcTokens.OfJob() with { Aud = "\"https://github.com/acme\"" });
        // An enterprise may have an issuer of its own: another one.
        await DeniedAsync(Reason.UnknownTrustDomain, OidcTokens.OfJob() with { Iss = $"\"{OidcTokens.GitHub}/acme\"" });
        // Signed by a key that the issuer has, under the name of another that it has too.
        await DeniedAsync(Reason.BadSignature, OidcTokens.OfJob() with { Header = $$"""{"alg":"RS256","kid":"{{OidcTokens.RetiredKey}}"}""" });
    }

    [Fact]
    public async Task One_issuer_never_speaks_for_the_workloads_of_another()
    {
        // Both have a key of the same bytes here, and even then the trust domain is that of the issuer.
        var pretender = OidcTokens.OfJob(("sub", "system:serviceaccount:agents:support"), ("environment", "test"));

        await DeniedAsync(Reason.NoWorkloadMatches, pretender);
        await DeniedAsync(Reason.UnknownKey, pretender with { Iss = $"\"{OidcTokens.Kubernetes}\"" });
    }

    private Task<JsonElement> DeniedAsync(Reason reason, ForgeJwt token) => broker.DeniedAsync(reason, broker.OverTcp(), Of(token));

    private static Evidence.Jwt Of(ForgeJwt token) => new(token.Sign(ForgeKeys.Rsa));
}
