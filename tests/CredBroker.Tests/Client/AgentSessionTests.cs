using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.Tests.Testing;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Client;

public sealed class AgentSessionTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // Deadlines are compared with the system's clock below gRPC, so the fake one begins there.
    private readonly FakeClock _clock = new(TimeProvider.System.GetUtcNow());
    private int _attested;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attestation_presents_the_evidence_and_the_public_half_of_a_new_key()
    {
        await using var broker = await StartAsync();
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct);

        var request = Assert.IsType<AttestRequest>(broker.CallsOf("Attest").Single().Request);

        Assert.Equal("a.b.c", request.Jwt.Token);
        Assert.True(PublicJwk.TryParse(request.PublicJwk, out _, out _));
        Assert.Equal("spiffe://example.org/agent", session.Identity.SpiffeId);
        Assert.Equal(["unix:uid:1000"], session.Identity.Selectors);
    }

    [Fact]
    public async Task Every_kind_of_evidence_goes_to_its_own_field()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, " d.e.f \n", Ct);
        Evidence[] all = [new Evidence.UnixPeer(), new Evidence.X509Peer(), new Evidence.Jwt("a.b.c"), new Evidence.JwtFile(file), new Evidence.JoinToken("s")];
        await using var broker = await StartAsync();
        using var connection = Open(broker);

        foreach (var evidence in all) await (await AgentSession.AttestAsync(connection, evidence, Ct)).DisposeAsync();

        var sent = broker.CallsOf("Attest").Select(call => (AttestRequest)call.Request).ToArray();
        Assert.Equal(
            [
                AttestRequest.EvidenceOneofCase.UnixPeer, AttestRequest.EvidenceOneofCase.X509Peer, AttestRequest.EvidenceOneofCase.Jwt,
                AttestRequest.EvidenceOneofCase.Jwt, AttestRequest.EvidenceOneofCase.JoinToken,
            ],
            sent.Select(request => request.EvidenceCase));
        Assert.Equal("d.e.f", sent[3].Jwt.Token);
        Assert.Equal("s", sent[4].JoinToken.Secret);
        File.Delete(file);
    }

    [Fact]
    public async Task A_file_that_is_too_long_for_a_token_is_not_sent()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[8193], Ct);
        await using var broker = await StartAsync();
        using var connection = Open(broker);

        await Assert.ThrowsAsync<IOException>(() => AgentSession.AttestAsync(connection, new Evidence.JwtFile(file), Ct));

        Assert.Empty(broker.Calls);
        File.Delete(file);
    }

    [Fact]
    public async Task Over_plain_loopback_each_call_carries_the_identity_token_and_a_fresh_proof_for_it()
    {
        await using var broker = await StartAsync();
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct);

        for (var i = 0; i < 3; i++) await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        var calls = broker.CallsOf("Mint");
        Assert.All(calls, call => Assert.Equal(["DPoP identity-1"], call.Authorization));
        var verified = calls.Select(call => Assert.IsType<DpopOutcome.Verified>(Verify(broker, call, "identity-1"))).ToArray();
        Assert.Equal(3, verified.Select(proof => proof.Jti).Distinct().Count());
        Assert.Single(verified.Select(proof => proof.Key).Distinct());
    }

    [Fact]
    public async Task A_unix_peer_sends_its_identity_token_without_a_proof()
    {
        await using var broker = await StartAsync(unix: true);
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        var call = broker.CallsOf("Mint").Single();
        Assert.Equal(["DPoP identity-1"], call.Authorization);
        Assert.Empty(call.Proofs);
    }

    [Fact]
    public async Task Over_a_unix_socket_a_workload_that_another_evidence_attested_proves_itself_at_localhost()
    {
        await using var broker = await StartAsync(unix: true);
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.JoinToken("s"), Ct);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        Assert.IsType<DpopOutcome.Verified>(Verify(broker, broker.CallsOf("Mint").Single(), "identity-1"));
    }

    [Fact]
    public async Task With_a_client_certificate_there_is_neither_key_nor_proof_and_the_certificate_is_presented()
    {
        using var server = Certificates.SelfSigned("localhost");
        using var client = Certificates.SelfSigned("agent");
        await using var broker = await StartAsync(certificate: server);
        using var connection = BrokerConnection.Open(broker.Address, new() { ClientCertificate = client, TrustedRoots = [server], Clock = _clock });
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.X509Peer(), Ct);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        Assert.Equal("", ((AttestRequest)broker.CallsOf("Attest").Single().Request).PublicJwk);
        Assert.Empty(broker.CallsOf("Mint").Single().Proofs);
        Assert.All(broker.Calls, call => Assert.Equal(client.Thumbprint, call.Certificate));
        Assert.Throws<InvalidOperationException>(() => session.ProofFor("GET", new Uri("https://api.example.org"), "t"));
    }

    [Fact]
    public async Task Over_tls_without_a_client_certificate_the_proof_names_the_https_origin()
    {
        using var server = Certificates.SelfSigned("localhost");
        await using var broker = await StartAsync(certificate: server);
        using var connection = BrokerConnection.Open(broker.Address, new() { TrustedRoots = [server], Clock = _clock });
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        Assert.IsType<DpopOutcome.Verified>(Verify(broker, broker.CallsOf("Mint").Single(), "identity-1"));
    }

    [Fact]
    public async Task A_broker_with_a_certificate_from_elsewhere_is_not_spoken_to()
    {
        using var server = Certificates.SelfSigned("localhost");
        using var other = Certificates.SelfSigned("localhost");
        await using var broker = await StartAsync(certificate: server);
        using var connection = BrokerConnection.Open(broker.Address, new() { TrustedRoots = [other], Clock = _clock });

        var failure = await Assert.ThrowsAsync<RpcException>(() => AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct));

        Assert.True(BrokerRefusal.Of(failure).IsUnreachable);
        Assert.Empty(broker.Calls);
    }

    [Fact]
    public async Task The_identity_is_renewed_from_its_half_on_and_calls_carry_the_new_one()
    {
        await using var broker = await StartAsync();
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct);
        _clock.Advance(Life);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        var attests = broker.CallsOf("Attest").Select(call => (AttestRequest)call.Request).ToArray();
        Assert.Equal(2, attests.Length);
        Assert.Equal(attests[0].PublicJwk, attests[1].PublicJwk);
        Assert.Equal(["DPoP identity-2"], broker.CallsOf("Mint").Single().Authorization);
        Assert.Equal("identity-2", session.Identity.IdentityToken);
    }

    [Fact]
    public async Task A_join_token_is_presented_once_and_never_again()
    {
        await using var broker = await StartAsync();
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.JoinToken("s"), Ct);
        broker.OnMint = (_, _) => throw FakeBroker.Refusal(StatusCode.Unauthenticated, "IDENTITY_TOKEN_REFUSED");
        _clock.Advance(Life * 2);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct));

        Assert.Equal("IDENTITY_TOKEN_REFUSED", BrokerRefusal.Of(failure).Reason);
        Assert.Single(broker.CallsOf("Attest"));
    }

    [Fact]
    public async Task A_session_that_was_resumed_calls_with_the_key_that_it_was_given()
    {
        await using var broker = await StartAsync();
        using var connection = Open(broker);
        var key = EphemeralKey.Create();
        var identity = new AgentIdentity("kept", "spiffe://example.org/agent", "agent", $"jkt:{key.Public.Thumbprint}", _clock.GetUtcNow() + Life);
        await using var session = AgentSession.Resume(connection, identity, key);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        var proof = Assert.IsType<DpopOutcome.Verified>(Verify(broker, broker.CallsOf("Mint").Single(), "kept"));
        Assert.Equal(key.Public.Thumbprint, proof.Key);
    }

    [Fact]
    public async Task A_proof_for_a_backend_is_about_that_request_and_that_token()
    {
        await using var broker = await StartAsync(unix: true);
        using var connection = Open(broker);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct);

        var proof = session.ProofFor("GET", new Uri("https://api.example.org/mail/1?full=true#top"), "minted");

        Assert.True(PublicOrigin.TryParse("https://api.example.org", out var origin));
        var request = new DpopRequest
        {
            Method = "GET",
            Path = "/mail/1",
            Origins = new HashSet<PublicOrigin> { origin },
            Token = AccessTokenHash.Of("minted"),
        };
        Assert.IsType<DpopOutcome.Verified>(DpopProof.Verify(proof, request, new VerificationKeyCache(8), _clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_call_without_a_deadline_gets_one()
    {
        await using var broker = await StartAsync();
        using var connection = BrokerConnection.Open(broker.Address, new() { Clock = _clock, CallTimeout = TimeSpan.FromSeconds(7) });
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.Jwt("a.b.c"), Ct);

        await session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);

        var left = broker.CallsOf("Mint").Single().Deadline - TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.InRange(left, TimeSpan.FromSeconds(-60), TimeSpan.FromSeconds(7.1));
    }

    private BrokerConnection Open(FakeBroker broker) => BrokerConnection.Open(broker.Address, new() { Clock = _clock });

    private async Task<FakeBroker> StartAsync(bool unix = false, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var broker = await FakeBroker.StartAsync(unix, certificate);
        broker.OnAttest = _ => new AttestResponse
        {
            IdentityToken = $"identity-{Interlocked.Increment(ref _attested)}",
            SpiffeId = "spiffe://example.org/agent",
            Workload = "agent",
            Selectors = { "unix:uid:1000" },
            Binding = "jkt:x",
            ExpiresAt = (_clock.GetUtcNow() + Life).ToTimestamp(),
        };
        return broker;
    }

    private DpopOutcome Verify(FakeBroker broker, Came call, string token)
    {
        Assert.True(PublicOrigin.TryParse(broker.Address.Origin.GetLeftPart(UriPartial.Authority), out var origin));
        var request = new DpopRequest { Path = call.Method, Origins = new HashSet<PublicOrigin> { origin }, Token = AccessTokenHash.Of(token) };
        return DpopProof.Verify(call.Proofs.Single(), request, new VerificationKeyCache(8), _clock.GetUtcNow());
    }
}
