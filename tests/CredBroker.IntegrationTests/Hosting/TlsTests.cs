using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.Server;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>The life of a token where the network is between all of them: everything over TLS, bound to a key or to a certificate.</summary>
public sealed class TlsTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org", around: Now);
    private static readonly Uri Ticket = new("https://tickets.example.test/acme/tickets/4711");

    [Fact]
    public async Task By_a_join_token_and_DPoP_an_agent_gets_a_token_that_its_key_alone_can_use()
    {
        await using var broker = await StartAsync();
        var key = EphemeralKey.Create();
        await using var agent = await AgentSession.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("runner")), key, Ct);
        await using var backend = await AttestationBroker.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("backend")));

        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));

        Assert.Equal("DPoP", minted.TokenType);
        Assert.Equal(key.Public.Thumbprint.ToString(), Confirmation(minted.Token).GetProperty("jkt").GetString());
        var active = await IntrospectAsync(backend, minted.Token, agent.ProofFor("GET", Ticket, minted.Token));
        Assert.Equal((true, key.Public.Thumbprint.ToString(), task), (active.Active, active.Cnf.Jkt, active.TaskId));
        using var thief = EphemeralKey.Create();
        var stolen = await IntrospectAsync(backend, minted.Token, AgentSession.ProofFor(thief, "GET", Ticket, minted.Token, null, TimeProvider.System));
        Assert.Equal(new IntrospectResponse(), stolen);

        await agent.Tasks.EndTaskAsync(Story.End(task));
        Assert.Equal(new IntrospectResponse(), await IntrospectAsync(backend, minted.Token, agent.ProofFor("GET", Ticket, minted.Token)));
    }

    [Fact]
    public async Task A_proof_for_a_call_must_name_the_address_that_was_called_with_its_scheme()
    {
        await using var broker = await StartAsync();
        var key = EphemeralKey.Create();
        await using var agent = await AgentSession.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("runner")), key, Ct);
        var plain = broker.OverTls();
        const string WhoAmI = "/credbroker.v1.Attestation/WhoAmI";
        AsyncUnaryCall<WhoAmIResponse> Call(Uri uri) => plain.Attestation.WhoAmIAsync(new WhoAmIRequest(), new Metadata
        {
            { "authorization", $"DPoP {agent.Identity.IdentityToken}" },
            { "dpop", AgentSession.ProofFor(key, "POST", uri, agent.Identity.IdentityToken, null, TimeProvider.System) },
        });

        Assert.Equal("runner", (await Call(new Uri(broker.TlsAddress, WhoAmI))).Workload);
        await Refused.AsAsync(Reason.ProofRefused, Call(new Uri($"http://{broker.TlsAddress.Authority}{WhoAmI}")));
        await Refused.AsAsync(Reason.ProofRefused, Call(new Uri($"https://broker.example.org{WhoAmI}")));
        await Refused.AsAsync(Reason.ProofRefused, Call(new Uri(broker.TlsAddress, "/credbroker.v1.Tasks/StartTask")));
    }

    [Fact]
    public async Task Over_mTLS_a_token_is_bound_to_the_certificate_of_the_connection()
    {
        await using var broker = await StartAsync();
        using var certificate = new ForgeSvid { NotBefore = Now.AddMinutes(-5), NotAfter = Now.AddHours(1) }.Issue(Root);
        await using var agent = await AttestationBroker.AttestAsync(broker.OverTls(certificate), new Evidence.X509Peer());
        await using var backend = await AttestationBroker.AttestAsync(broker.OverTls(), new Evidence.JoinToken(await broker.JoinTokenAsync("backend")));

        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));

        // RFC 8705 section 3.1: base64url of the SHA-256 of the DER.
        var thumbprint = Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(certificate.RawData));
        Assert.Equal("mTLS", minted.TokenType);
        Assert.Equal([("x5t#S256", thumbprint)], Confirmation(minted.Token).EnumerateObject().Select(member => (member.Name, member.Value.GetString())));
        var active = await IntrospectAsync(backend, minted.Token, null);
        Assert.Equal((true, thumbprint, ""), (active.Active, active.Cnf.X5TS256, active.Cnf.Jkt));
        var standing = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest(), cancellationToken: Ct);
        Assert.Equal([$"x5t#S256:{thumbprint}"], standing.Credentials.Select(held => held.Binding));

        // A proof by a key proves nothing of a certificate.
        using var key = EphemeralKey.Create();
        Assert.Equal(new IntrospectResponse(), await IntrospectAsync(backend, minted.Token, AgentSession.ProofFor(key, "GET", Ticket, minted.Token, null, TimeProvider.System)));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_keys_and_the_health_are_at_the_same_address_by_either_version_of_HTTP(string version)
    {
        await using var broker = await StartAsync();
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { broker.ServerCertificate }, RevocationMode = X509RevocationMode.NoCheck,
        };
        using var http = new HttpClient(handler) { DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var keys = JsonDocument.Parse(await http.GetStringAsync(new Uri(broker.TlsAddress, "/.well-known/jwks.json"), Ct));
        Assert.Equal(1, keys.RootElement.GetProperty("keys").GetArrayLength());
        using var health = await http.GetAsync(new Uri(broker.TlsAddress, "/healthz"), Ct);
        Assert.Equal((HttpStatusCode.OK, version, "serving\n"), (health.StatusCode, health.Version.ToString(), await health.Content.ReadAsStringAsync(Ct)));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "http://0.0.0.0:0 would speak without TLS to the network")]
    [InlineData("http://[::]:0", "http://[::]:0 would speak without TLS to the network")]
    [InlineData("http://192.0.2.1:80", "http://192.0.2.1:80 would speak without TLS to the network")]
    [InlineData("https://127.0.0.1:0", "https://127.0.0.1:0 needs a server certificate")]
    [InlineData("http://broker.example.org:80", "http://broker.example.org:80 is not an address to listen on")]
    [InlineData("127.0.0.1:80", "127.0.0.1:80 is not an address to listen on")]
    public async Task What_would_be_open_to_the_network_without_TLS_does_not_start(string address, string problem)
    {
        foreach (var web in new[] { false, true })
        {
            var refused = await Assert.ThrowsAsync<StartException>(
                () => TestBroker.StartAsync(postgres, options => (web ? options.WebListen : options.Listen).Add(address)));
            Assert.Equal(problem, refused.Message);
        }
    }

    [Fact]
    public async Task An_address_that_cannot_be_had_is_told_as_such()
    {
        await using var first = await TestBroker.StartAsync(postgres);
        var taken = await Assert.ThrowsAsync<StartException>(() => TestBroker.StartAsync(postgres, options => options.WebListen.Add(first.TcpAddress)));
        Assert.StartsWith($"cannot listen: Failed to bind to address {first.TcpAddress}", taken.Message, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("cb-").FullName;
        using var certificate = AttestationBroker.WriteServerCertificate(folder);
        var foreign = await Assert.ThrowsAsync<StartException>(() => TestBroker.StartAsync(postgres, options =>
        {
            options.Listen.Add("https://192.0.2.1:443");
            (options.TlsCertificateFile, options.TlsKeyFile) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        }));
        Assert.StartsWith("cannot listen: ", foreign.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private Task<AttestationBroker> StartAsync() => AttestationBroker.StartAsync(postgres, TestCatalog.OfCertificates, ("example.pem", Root.Certificate.ExportCertificatePem()), ("policies.cedar", TestCatalog.Policies));

    private static async Task<IntrospectResponse> IntrospectAsync(AgentSession backend, string token, string? proof) => await backend.Tokens.IntrospectAsync(
        new IntrospectRequest { Token = token, Proof = proof is null ? null : new PresentedProof { Dpop = proof, Method = "GET", Uri = Ticket.AbsoluteUri } });

    private static JsonElement Confirmation(string token) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement.GetProperty("cnf");
}
