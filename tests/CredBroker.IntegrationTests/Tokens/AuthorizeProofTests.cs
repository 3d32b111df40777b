using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>A token that is bound is of no use to whoever does not hold what it is bound to.</summary>
public sealed class AuthorizeProofTests(Postgres postgres)
{
    [Fact]
    public async Task A_stolen_token_is_refused_without_a_proof_and_with_any_but_the_owners_for_this_very_request()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var (token, another) = ((await agent.MintAsync()).Token, (await agent.MintAsync()).Token);
        using var thief = EphemeralKey.Create();
        Task StolenAsync(Reason reason, Action<AuthorizeRequest> change) => broker.Database.NotAllowedAsync(
            reason, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, token).Changed(change)));

        await broker.Database.NotAllowedAsync(Reason.ProofMissing, backend.Tokens.AuthorizeAsync(AuthorizeScene.Unproven(token)));
        await StolenAsync(Reason.ProofMissing, call => call.Proof.Dpop = "");
        await StolenAsync(Reason.ProofMissing, call => (call.Proof, call.CertificateX5TS256) = (null, agent.Identity.Binding["jkt:".Length..]));
        await broker.Database.NotAllowedAsync(Reason.PresentedProofRefused, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, token).Changed(call =>
            call.Proof.Dpop = AgentSession.ProofFor(thief, "GET", AuthorizeScene.Endpoint, token, nonce: null, TimeProvider.System))));
        await StolenAsync(Reason.PresentedProofRefused, call => call.Proof.Dpop = agent.ProofFor("GET", AuthorizeScene.Endpoint, another));
        await StolenAsync(Reason.PresentedProofRefused, call => call.Proof.Method = "POST");
        await StolenAsync(Reason.PresentedProofRefused, call => call.Proof.Uri = $"{TestCatalog.Audience}/tickets/4712");
        await StolenAsync(Reason.PresentedProofRefused, call => call.Proof.Dpop = "a.b.c");
        await StolenAsync(Reason.PresentedProofRefused, call => call.Proof.Dpop = new string('x', 5_000));
        await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, token)));
    }

    [Fact]
    public async Task A_proof_is_good_for_one_request_and_for_its_repetition()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: AuthorizeScene.SingleUse());
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var minted = await agent.MintAsync();
        var request = AuthorizeScene.Request(agent, minted.Token);

        var first = await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(request));
        Assert.Equal(first, await backend.Tokens.AuthorizeAsync(request));
        // The agent that repeats its call makes a new proof: the request is still the same.
        Assert.Equal(first, await backend.Tokens.AuthorizeAsync(request.Clone().Changed(again => again.Proof = AuthorizeScene.Proof(agent, minted.Token))));
        await broker.Database.NotAllowedAsync(Reason.PresentedProofReplayed, backend.Tokens.AuthorizeAsync(request.Clone().Changed(other => other.RequestId = TestBroker.NewId())));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM authorizations"));
    }

    [Fact]
    public async Task A_backend_that_the_token_is_not_for_uses_up_no_proof()
    {
        var yaml = $$"""
            {{TestCatalog.Yaml()}}
              stranger:
                spiffe_id: spiffe://example.test/stranger
                owner: tests
                class: backend
                attest:
                  - join_token: true
                serves: [https://mail.example.test]
            """;
        await using var broker = await TestBroker.StartAsync(postgres, catalog: yaml);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        await using var stranger = await broker.JoinAsync("stranger");
        var request = AuthorizeScene.Request(agent, (await agent.MintAsync()).Token);

        await broker.Database.NotAllowedAsync(Reason.AudienceNotServed, stranger.Tokens.AuthorizeAsync(request));
        await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(request));
    }

    [Fact]
    public async Task A_token_that_is_bound_to_a_certificate_needs_the_thumbprint_of_that_certificate()
    {
        var now = TimeProvider.System.GetUtcNow();
        var root = ForgeAuthority.Root("example.org", around: now);
        await using var broker = await AttestationBroker.StartAsync(postgres, TestCatalog.OfCertificates, ("example.pem", root.Certificate.ExportCertificatePem()), ("policies.cedar", TestCatalog.Policies));
        using var certificate = new ForgeSvid { NotBefore = now.AddMinutes(-5), NotAfter = now.AddHours(1) }.Issue(root);
        using var other = new ForgeSvid { NotBefore = now.AddMinutes(-5), NotAfter = now.AddHours(1) }.Issue(root);
        await using var agent = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());
        await using var backend = await AttestationBroker.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("backend")));
        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        var token = (await agent.Tokens.MintAsync(Story.Mint(task))).Token;
        AuthorizeRequest Over(System.Security.Cryptography.X509Certificates.X509Certificate2 seen) => AuthorizeScene.Unproven(token).Changed(
            call => call.CertificateX5TS256 = CertificateThumbprint.Of(seen.RawData).ToString());

        await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(Over(certificate)));
        await broker.Database.NotAllowedAsync(Reason.PresentedProofRefused, backend.Tokens.AuthorizeAsync(Over(other)));
        await broker.Database.NotAllowedAsync(Reason.ProofMissing, backend.Tokens.AuthorizeAsync(AuthorizeScene.Unproven(token)));
        // A proof by a key proves nothing of a certificate.
        using var key = EphemeralKey.Create();
        await broker.Database.NotAllowedAsync(Reason.PresentedProofRefused, backend.Tokens.AuthorizeAsync(AuthorizeScene.Unproven(token).Changed(call => call.Proof = new()
        {
            Dpop = AgentSession.ProofFor(key, "GET", AuthorizeScene.Endpoint, token, nonce: null, TimeProvider.System), Method = "GET", Uri = AuthorizeScene.Endpoint.AbsoluteUri,
        })));
    }
}
