using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>The life of a token where agents and backends are on other machines: TLS, and what is bound to its certificates or to keys.</summary>
public sealed class TokensOverTlsTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org", around: Now);

    private const string Yaml = """
        trust_domains:
          example.org:
            x509: {bundle_file: example.pem}
        tools:
          tickets:
            audience: https://tickets.example.org
            data: internal
            egress: false
            actions: { read: { risk: read } }
        workloads:
          agent:
            spiffe_id: spiffe://example.org/workloads/agent
            owner: team
            class: agent
            attest: [{x509: {spiffe_id: "spiffe://example.org/agent"}}]
            allow: [{tool: tickets, actions: [read], resource: acme/**}]
          joined:
            spiffe_id: spiffe://example.org/workloads/joined
            owner: team
            class: agent
            attest: [{join_token: true}]
            allow: [{tool: tickets, actions: [read], resource: acme/**}]
          backend:
            spiffe_id: spiffe://example.org/workloads/backend
            owner: team
            class: backend
            attest: [{x509: {spiffe_id: "spiffe://example.org/backend"}}]
            serves: ["https://tickets.example.org"]
        """;

    private AttestationBroker broker = null!;

    private static ForgeSvid Svid => new() { NotBefore = Now.AddMinutes(-5), NotAfter = Now.AddHours(1) };

    private static Capability Read => new() { Tool = "tickets", Action = "read", Resource = "acme/7" };

    public async ValueTask InitializeAsync() =>
        broker = await AttestationBroker.StartAsync(postgres, Yaml, ("example.pem", Root.Certificate.ExportCertificatePem()));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task A_token_minted_over_mTLS_is_bound_to_the_certificate()
    {
        using var certificate = Svid.Issue(Root);
        await using var agent = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());
        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Read))).Task.TaskId;

        var minted = await agent.Tokens.MintAsync(Story.Mint(task, Read));

        using var backendCertificate = (Svid with { Uris = ["spiffe://example.org/backend"] }).Issue(Root);
        await using var backend = await AttestationBroker.AttestAsync(broker.OverTls(backendCertificate), new Evidence.X509Peer());
        var seen = await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token });
        Assert.True(seen.Active);
        // RFC 8705 section 3.1: what the backend compares with the certificate of the connection that the token came over.
        Assert.Equal((CertificateThumbprint.Of(certificate.RawData).ToString(), ""), (seen.Cnf.X5TS256, seen.Cnf.Jkt));

        await agent.Tasks.EndTaskAsync(Story.End(task));
        Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token }));
    }

    [Fact]
    public async Task Over_TLS_without_a_certificate_each_call_is_proven_and_the_token_bound_to_the_key()
    {
        await using var agent = await AttestationBroker.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("joined")));
        Assert.Equal("dpop", (await agent.Attestation.WhoAmIAsync(new WhoAmIRequest())).AuthenticatedBy);
        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Read))).Task.TaskId;

        var minted = await agent.Tokens.MintAsync(Story.Mint(task, Read));

        using var backendCertificate = (Svid with { Uris = ["spiffe://example.org/backend"] }).Issue(Root);
        await using var backend = await AttestationBroker.AttestAsync(broker.OverTls(backendCertificate), new Evidence.X509Peer());
        var seen = await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token });
        Assert.Equal((agent.Identity.Binding, ""), ($"jkt:{seen.Cnf.Jkt}", seen.Cnf.X5TS256));
    }
}
