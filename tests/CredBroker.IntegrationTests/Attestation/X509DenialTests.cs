using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Tests.Identity;
using Evidence = CredBroker.Client.Evidence;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>
/// What a client certificate is refused for by Attest. A forged one never gets so far (<see cref="MtlsWireTests"/>): it is one that was good
/// at the handshake, on a connection that outlived its worth.
/// </summary>
public sealed class X509DenialTests(Postgres postgres) : IAsyncLifetime
{
    private const string Yaml = """
        trust_domains:
          example.org:
            x509: {bundle_file: example.pem}
          home.example: {}
        workloads:
          agent:
            spiffe_id: spiffe://home.example/agent
            owner: team
            class: agent
            attest: [{x509: {spiffe_id: "spiffe://example.org/agent"}}]
        """;

    private const string WithoutX509 = """
        trust_domains:
          example.org: {}
          home.example: {}
        workloads: {}
        """;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org", around: Now);
    private readonly LeapClock clock = new();
    private AttestationBroker broker = null!;

    private static ForgeSvid Svid => new() { NotBefore = Now.AddHours(-1), NotAfter = Now.AddHours(1) };

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(postgres, clock, Yaml, Bundle(Root));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task A_connection_without_a_certificate_carries_no_such_evidence()
    {
        await broker.DeniedAsync(Reason.NoPeerEvidence, broker.OverTls(), new Evidence.X509Peer());
        await broker.DeniedAsync(Reason.NoPeerEvidence, broker.OverTcp(), new Evidence.X509Peer());
    }

    [Fact]
    public async Task A_good_certificate_of_somebody_else_is_no_workload()
    {
        using var other = (Svid with { Uris = ["spiffe://example.org/agent/other"] }).Issue(Root);

        var evidence = await broker.DeniedAsync(Reason.NoWorkloadMatches, broker.OverTls(other), new Evidence.X509Peer());

        Assert.Equal(("x509_peer", "spiffe://example.org/agent/other"), (evidence.GetProperty("kind").GetString(), evidence.GetProperty("spiffe_id").GetString()));
        Assert.Equal(CertificateThumbprint.Of(other.RawData).ToString(), evidence.GetProperty("certificate").GetString());
    }

    [Fact]
    public async Task On_a_connection_that_outlived_its_certificate_the_certificate_is_worth_nothing()
    {
        var connection = await ConnectedAsync();

        clock.Leap(TimeSpan.FromHours(1));

        await DeniedAsync(Reason.EvidenceExpired, connection);
    }

    [Fact]
    public async Task By_a_clock_that_was_set_back_before_it_the_certificate_is_worth_nothing()
    {
        var connection = await ConnectedAsync();

        clock.Leap(-TimeSpan.FromHours(2));

        await DeniedAsync(Reason.EvidenceNotYetValid, connection);
    }

    [Fact]
    public async Task Without_its_root_a_certificate_is_worth_nothing()
    {
        var connection = await ConnectedAsync();

        await broker.ApplyAsync(Yaml, Bundle(ForgeAuthority.Root("example.org", around: Now)));

        await DeniedAsync(Reason.BadSignature, connection);
    }

    [Fact]
    public async Task A_trust_domain_that_vouches_no_more_with_certificates_is_known_still()
    {
        var connection = await ConnectedAsync();

        await broker.ApplyAsync(WithoutX509);
        await DeniedAsync(Reason.EvidenceKindNotAllowed, connection);
        await broker.ApplyAsync(WithoutX509.Replace("example.org: {}", "else.example: {}", StringComparison.Ordinal));
        await DeniedAsync(Reason.UnknownTrustDomain, connection);

        // The connection itself is as good as any other, and so is the certificate when its trust domain is back.
        await broker.ApplyAsync(Yaml, Bundle(Root));
        await using var session = await AttestationBroker.AttestAsync(connection, new Evidence.X509Peer());
        Assert.Equal("agent", session.Identity.Workload);
    }

    private async Task<BrokerConnection> ConnectedAsync()
    {
        var connection = broker.OverTls(Svid.Issue(Root));
        await using var session = await AttestationBroker.AttestAsync(connection, new Evidence.X509Peer());
        Assert.Equal("agent", session.Identity.Workload);
        return connection;
    }

    // With a key of its own to bind to: without a certificate that is worth something there is nothing else.
    private async Task DeniedAsync(Reason reason, BrokerConnection connection)
    {
        using var key = EphemeralKey.Create();
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await connection.Attestation.AttestAsync(
            new() { X509Peer = new(), PublicJwk = key.Public.ToJson() }, cancellationToken: TestContext.Current.CancellationToken));
        await broker.DeniedAsync(reason, refused);
    }

    private static (string, string) Bundle(ForgeAuthority authority) => ("example.pem", authority.Certificate.ExportCertificatePem());
}
