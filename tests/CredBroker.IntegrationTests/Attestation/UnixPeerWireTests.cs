using System.Security.Cryptography;
using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class UnixPeerWireTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Environment.ProcessPath!)));
    private AttestationBroker broker = null!;

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(
        postgres, Yaml($$"""{uid: {{AttestationBroker.Me}}, executable: "{{Environment.ProcessPath}}", sha256: "{{Sha256}}"}"""));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task This_process_is_attested_by_user_executable_and_hash()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer());

        Assert.Equal("me", session.Identity.Workload);
        Assert.Equal(
            [$"unix:uid:{AttestationBroker.Me}", $"unix:executable:{Environment.ProcessPath}", $"unix:sha256:{Sha256}"], session.Identity.Selectors);
        Assert.StartsWith("jkt:", session.Identity.Binding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_the_socket_the_kernel_is_the_proof()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer());

        var attested = await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        var bare = await broker.OverSocket().Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);

        Assert.Equal(("me", "unix", session.Identity.Binding), (attested.Workload, attested.AuthenticatedBy, attested.Binding));
        Assert.Equal(("me", "unix", ""), (bare.Workload, bare.AuthenticatedBy, bare.Binding));
    }

    [Fact]
    public async Task Elsewhere_the_identity_token_is_good_with_a_proof_by_its_key_and_with_no_other()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var session = await AgentSession.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer(), EphemeralKey.Own(Copy(key)), Ct);

        await using var owner = AgentSession.Resume(broker.OverTcp(), session.Identity, EphemeralKey.Own(Copy(key)));
        var known = await owner.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        Assert.Equal(("me", "dpop"), (known.Workload, known.AuthenticatedBy));

        await using var thief = AgentSession.Resume(broker.OverTcp(), session.Identity, EphemeralKey.Create());
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await thief.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        var bare = new Metadata { { "authorization", $"DPoP {session.Identity.IdentityToken}" } };
        refused = await Assert.ThrowsAsync<RpcException>(
            async () => await broker.OverTcp().Attestation.WhoAmIAsync(new WhoAmIRequest(), bare, cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Over_TCP_there_is_no_peer_to_vouch_for()
    {
        var refused = await AttestationBroker.RefusedAsync(broker.OverTcp(), new Evidence.UnixPeer());

        Assert.Equal((StatusCode.PermissionDenied, "denied"), (refused.StatusCode, refused.Status.Detail));
    }

    [Theory]
    [InlineData("uid: 4711")]
    [InlineData("uid: ME, executable: /usr/bin/other")]
    [InlineData("uid: ME, sha256: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("uid: ME, groups: [4711]")]
    [InlineData("uid: ME, cgroup: /no/such/group")]
    public async Task One_selector_that_does_not_hold_is_enough_to_be_nobody(string selectors)
    {
        await broker.ApplyAsync(Yaml($"{{{selectors.Replace("ME", $"{AttestationBroker.Me}", StringComparison.Ordinal)}}}"));

        var refused = await AttestationBroker.RefusedAsync(broker.OverSocket(), new Evidence.UnixPeer());

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_process_of_another_user_is_another_workload()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to run a child as another user");
        await broker.ApplyAsync(Yaml($$"""{uid: {{AttestationBroker.Me}}}""", "{uid: 65534}"));

        using var mine = ChildProcess.Start(null, "attest", broker.SocketPath);
        using var nobodys = ChildProcess.Start("65534", "attest", broker.SocketPath);
        using var strangers = ChildProcess.Start("65533", "attest", broker.SocketPath);

        Assert.Equal("me by unix:uid:0", await mine.StandardOutput.ReadLineAsync(Ct));
        Assert.Equal("other by unix:uid:65534", await nobodys.StandardOutput.ReadLineAsync(Ct));
        Assert.Equal("PermissionDenied denied", await strangers.StandardOutput.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task A_process_of_another_user_administers_nothing()
    {
        Assert.Equal(["viewer", "operator", "approver", "policy_admin"], (await broker.OverSocket().Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct)).Roles);
        await using var joined = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(await broker.JoinTokenAsync("other")));

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await joined.Admin.CreateJoinTokenAsync(new() { RequestId = AttestationBroker.NewId(), Workload = "other" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    private static ECDsa Copy(ECDsa key) => ECDsa.Create(key.ExportParameters(true));

    private static string Yaml(string me, string? other = null) => $$"""
        trust_domains:
          example.org: {}
        workloads:
          me:
            spiffe_id: spiffe://example.org/me
            owner: team
            class: agent
            attest: [{unix: {{me}}}]
          other:
            spiffe_id: spiffe://example.org/other
            owner: team
            class: agent
            attest: [{{(other is null ? "{join_token: true}" : $"{{unix: {other}}}")}}]
        """;
}
