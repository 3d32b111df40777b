using System.Security.Cryptography.X509Certificates;
using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class MtlsWireTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org", around: Now);
    private static readonly ForgeAuthority Foreign = ForgeAuthority.Root("foreign.example", around: Now);

    private const string Yaml = """
        trust_domains:
          example.org:
            x509: {bundle_file: example.pem}
          foreign.example:
            x509: {bundle_file: foreign.json}
        workloads:
          agent:
            spiffe_id: spiffe://example.org/workloads/agent
            owner: team
            class: agent
            attest: [{x509: {spiffe_id: "spiffe://example.org/agent"}}]
          guest:
            spiffe_id: spiffe://example.org/workloads/guest
            owner: team
            class: agent
            attest: [{x509: {spiffe_id: "spiffe://foreign.example/guest"}}]
        admins:
          olga: {spiffe_id: "spiffe://example.org/olga", roles: [viewer]}
        """;

    private readonly LeapClock clock = new();
    private AttestationBroker broker = null!;

    private static (string, string)[] Files =>
        [("example.pem", Root.Certificate.ExportCertificatePem()), ("foreign.json", $$"""{"keys":[{{Foreign.SvidJwk}}]}""")];

    private static ForgeSvid Svid => new() { NotBefore = Now.AddMinutes(-5), NotAfter = Now.AddHours(1) };

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(postgres, clock, Yaml, Files);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task An_SVID_is_attested_and_bound_by_its_thumbprint()
    {
        using var certificate = Svid.Issue(Root);
        await using var session = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());

        var known = await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);

        var thumbprint = $"x5t#S256:{CertificateThumbprint.Of(certificate.RawData)}";
        Assert.Equal(("agent", "mtls", thumbprint), (known.Workload, known.AuthenticatedBy, known.Binding));
        Assert.Equal((thumbprint, "x509:spiffe_id:spiffe://example.org/agent"), (session.Identity.Binding, Assert.Single(session.Identity.Selectors)));
    }

    [Fact]
    public async Task A_trust_domain_whose_bundle_is_a_SPIFFE_bundle_works_alike()
    {
        using var certificate = (Svid with { Uris = ["spiffe://foreign.example/guest"] }).Issue(Foreign);
        await using var session = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());

        Assert.Equal("guest", session.Identity.Workload);
    }

    [Fact]
    public async Task An_administrator_needs_no_token()
    {
        using var certificate = (Svid with { Uris = ["spiffe://example.org/olga"] }).Issue(Root);

        var known = await broker.OverTls(certificate).Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);

        Assert.Equal(("olga", "viewer", ""), (known.Admin, Assert.Single(known.Roles), known.Workload));
    }

    [Fact]
    public async Task The_identity_token_ends_with_the_certificate()
    {
        using var certificate = (Svid with { NotAfter = Now.AddMinutes(3) }).Issue(Root);
        await using var session = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());

        Assert.Equal(new DateTimeOffset(certificate.NotAfter.ToUniversalTime()), session.Identity.ExpiresAt);
    }

    [Fact]
    public async Task A_token_bound_to_a_certificate_is_good_on_connections_with_that_certificate_only()
    {
        using var certificate = Svid.Issue(Root);
        using var again = Svid.Issue(Root); // the same workload, another certificate
        await using var session = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());

        foreach (var elsewhere in new[] { broker.OverTls(again), broker.OverTls(), broker.OverTcp(), broker.OverSocket() })
        {
            var token = new Metadata { { "authorization", $"DPoP {session.Identity.IdentityToken}" } };
            var refused = await Assert.ThrowsAsync<RpcException>(
                async () => await elsewhere.Attestation.WhoAmIAsync(new WhoAmIRequest(), token, cancellationToken: Ct));
            Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        }
    }

    [Fact]
    public async Task An_intermediate_that_the_peer_sends_along_completes_the_chain()
    {
        var intermediate = Root.Intermediate("example.org");
        using var certificate = Svid.Issue(intermediate);

        await using var session = await AttestationBroker.AttestAsync(broker.OverTls(certificate, intermediate.Certificate), new Evidence.X509Peer());
        Assert.Equal("agent", session.Identity.Workload);
        await RefusedAtTheDoorAsync("missing intermediate", certificate);
    }

    [Fact]
    public async Task What_is_no_SVID_of_its_own_trust_domain_does_not_get_past_the_handshake()
    {
        (string What, X509SvidRefusal Why, Func<X509Certificate2> Make)[] forged =
        [
            ("signed by another trust domain's root", X509SvidRefusal.Chain, () => Svid.Issue(Foreign)),
            ("of another trust domain, signed by this one's root", X509SvidRefusal.Chain, () => (Svid with { Uris = ["spiffe://foreign.example/guest"] }).Issue(Root)),
            ("signed by a root of the same name", X509SvidRefusal.Chain, () => Svid.Issue(ForgeAuthority.Root("example.org", around: Now))),
            ("signed by itself", X509SvidRefusal.Chain, Svid.IssueSelfSigned),
            ("of an unknown trust domain", X509SvidRefusal.UnknownTrustDomain, () => (Svid with { Uris = ["spiffe://unknown.example/agent"] }).Issue(Root)),
            ("without URI", X509SvidRefusal.NoUri, () => (Svid with { Uris = [], Dns = "example.org" }).Issue(Root)),
            ("with two URIs", X509SvidRefusal.SeveralUris, () => (Svid with { Uris = ["spiffe://example.org/agent", "spiffe://example.org/olga"] }).Issue(Root)),
            ("with the same URI twice", X509SvidRefusal.SeveralUris, () => (Svid with { Uris = ["spiffe://example.org/agent", "spiffe://example.org/agent"] }).Issue(Root)),
            ("with a web address", X509SvidRefusal.NoSpiffeId, () => (Svid with { Uris = ["https://example.org/agent"] }).Issue(Root)),
            ("with the trust domain's own ID", X509SvidRefusal.NoSpiffeId, () => (Svid with { Uris = ["spiffe://example.org"] }).Issue(Root)),
            ("with upper case in the trust domain", X509SvidRefusal.NoSpiffeId, () => (Svid with { Uris = ["spiffe://Example.org/agent"] }).Issue(Root)),
            ("expired", X509SvidRefusal.Expired, () => (Svid with { NotBefore = Now.AddHours(-2), NotAfter = Now.AddSeconds(-1) }).Issue(Root)),
            ("not valid yet", X509SvidRefusal.NotYetValid, () => (Svid with { NotBefore = Now.AddDays(1), NotAfter = Now.AddDays(2) }).Issue(Root)),
            ("an authority", X509SvidRefusal.Authority, () => (Svid with { Authority = true }).Issue(Root)),
            ("without key usage", X509SvidRefusal.KeyUsage, () => (Svid with { KeyUsage = null }).Issue(Root)),
            ("that may sign certificates", X509SvidRefusal.KeyUsage, () => (Svid with { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign }).Issue(Root)),
            ("for servers only", X509SvidRefusal.ExtendedKeyUsage, () => (Svid with { ExtendedKeyUsage = [ForgeSvid.ServerAuthentication] }).Issue(Root)),
        ];
        foreach (var (what, why, make) in forged)
        {
            using var certificate = make();
            var before = broker.Log.TextsOf(2004).Count;
            await RefusedAtTheDoorAsync(what, certificate);
            // The peer is told nothing; whoever runs the broker is. A client may try the handshake twice.
            Assert.All(broker.Log.TextsOf(2004).Skip(before), text => Assert.StartsWith($"A client certificate was refused: {why} ", text, StringComparison.Ordinal));
            Assert.True(broker.Log.TextsOf(2004).Count > before, $"nothing was logged of a certificate {what}");
        }
    }

    [Fact]
    public async Task A_root_that_is_taken_away_ends_live_connections_too()
    {
        using var certificate = Svid.Issue(Root);
        var connection = broker.OverTls(certificate);
        await using var session = await AttestationBroker.AttestAsync(connection, new Evidence.X509Peer());
        Assert.Equal("agent", (await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct)).Workload);

        await broker.ApplyAsync(Yaml, ("example.pem", ForgeAuthority.Root("example.org", around: Now).Certificate.ExportCertificatePem()), Files[1]);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task A_certificate_that_expires_ends_its_live_connections()
    {
        using var certificate = (Svid with { Uris = ["spiffe://example.org/olga"] }).Issue(Root);
        var connection = broker.OverTls(certificate);
        Assert.Equal("olga", (await connection.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct)).Admin);

        clock.Leap(TimeSpan.FromHours(2));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await connection.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task The_server_certificate_is_renewed_without_ending_a_connection()
    {
        using var certificate = (Svid with { Uris = ["spiffe://example.org/olga"] }).Issue(Root);
        var before = broker.OverTls(certificate);
        await before.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);

        var renewed = broker.RenewServerCertificate();
        clock.Leap(TimeSpan.FromSeconds(1));

        await before.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        await Assert.ThrowsAsync<RpcException>(async () => await broker.OverTls(certificate).Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct));
        broker.ServerCertificate = renewed;
        Assert.Equal("olga", (await broker.OverTls(certificate).Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct)).Admin);
    }

    private async Task RefusedAtTheDoorAsync(string what, X509Certificate2 certificate)
    {
        try
        {
            await broker.OverTls(certificate).Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
            Assert.Fail($"a certificate {what} was accepted");
        }
        catch (RpcException refused)
        {
            // Not an answer of the broker: the connection was never made.
            Assert.True(BrokerRefusal.Of(refused) is { Reason: null } && refused.StatusCode is StatusCode.Unavailable or StatusCode.Internal, $"{what}: {refused.Status}");
        }
    }
}
