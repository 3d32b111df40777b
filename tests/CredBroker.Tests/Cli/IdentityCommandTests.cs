using CredBroker.Core.Identity;
using CredBroker.Tests.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Cli;

/// <summary>Who a command calls as: nobody but the connection, an identity from a file, or one that is attested for it.</summary>
public sealed class IdentityCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;
    private FakeBroker _broker = null!;

    private string Kept => Path.Combine(_folder, "id.json");

    public async ValueTask InitializeAsync()
    {
        _broker = await FakeBroker.StartAsync(unix: true);
        _broker.OnAttest = _ => new AttestResponse
        {
            IdentityToken = "identity", SpiffeId = "spiffe://example.org/agent", Workload = "agent", Selectors = { "unix:uid:0" }, Binding = "jkt:x",
            ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(10).ToTimestamp(),
        };
        _broker.On<WhoAmIRequest, WhoAmIResponse>(_ => new());
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Without_an_identity_only_the_connection_speaks_for_the_caller()
    {
        await RunAsync("whoami");

        var call = _broker.Calls.Single();
        Assert.Empty(call.Authorization);
        Assert.Empty(call.Proofs);
    }

    [Fact]
    public async Task Attest_shows_the_workload_and_never_the_token()
    {
        var people = await RunAsync("attest");
        var programs = await RunAsync("attest", "--json");

        Assert.StartsWith("workload  agent (spiffe://example.org/agent)\nmatched   unix:uid:0\nbinding   jkt:x\nexpires   20", people.Out, StringComparison.Ordinal);
        Assert.Equal(["spiffe_id", "workload", "selectors", "binding", "expires_at"], programs.Json.EnumerateObject().Select(member => member.Name));
        Assert.All(_broker.CallsOf("Attest"), call => Assert.NotNull(((AttestRequest)call.Request).UnixPeer));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task An_identity_that_attest_kept_is_what_later_commands_call_as()
    {
        await RunAsync("attest", "--out", Kept);

        await RunAsync("whoami", "--identity", Kept);

        var call = _broker.CallsOf("WhoAmI").Single();
        Assert.Equal(["DPoP identity"], call.Authorization);
        Assert.True(CompactJws.TryParse(call.Proofs.Single(), JwsLimits.Dpop, out var proof, out _));
        Assert.True(PublicJwk.TryParse(proof.Header.EmbeddedKey.GetValueOrDefault(), out var signer, out _));
        Assert.True(PublicJwk.TryParse(((AttestRequest)_broker.CallsOf("Attest").Single().Request).PublicJwk, out var attested, out _));
        Assert.Equal(attested, signer);
    }

    [Fact]
    public async Task Evidence_is_presented_for_one_command()
    {
        await RunAsync(new Surroundings { In = "the-secret\n" }, "whoami", "--evidence", "join:-");

        Assert.Equal("the-secret", ((AttestRequest)_broker.CallsOf("Attest").Single().Request).JoinToken.Secret);
        Assert.Equal(["DPoP identity"], _broker.CallsOf("WhoAmI").Single().Authorization);
    }

    [Fact]
    public async Task A_proof_is_made_from_a_kept_identity_without_asking_the_broker()
    {
        await RunAsync("attest", "--out", Kept);

        var run = await CliRun.OfAsync("token", "proof", "minted", "--method", "POST", "--uri", "https://api.example.org/mail?x=1", "--identity", Kept);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.True(PublicOrigin.TryParse("https://api.example.org", out var origin));
        var request = new DpopRequest { Path = "/mail", Origins = new HashSet<PublicOrigin> { origin }, Token = AccessTokenHash.Of("minted") };
        Assert.IsType<DpopOutcome.Verified>(DpopProof.Verify(run.Out.TrimEnd(), request, new VerificationKeyCache(8), TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task A_certificate_and_its_key_are_read_from_their_files()
    {
        using var server = Certificates.SelfSigned("localhost");
        using var client = Certificates.SelfSigned("agent");
        await using var broker = await FakeBroker.StartAsync(certificate: server);
        broker.On<WhoAmIRequest, WhoAmIResponse>(_ => new() { AuthenticatedBy = "mtls" });
        var (ca, cert, key) = (Write("ca.pem", server.ExportCertificatePem()), Write("cert.pem", client.ExportCertificatePem()), Write("key.pem", Certificates.KeyOf(client)));

        var run = await CliRun.OfAsync("whoami", "--address", broker.Address.ToString(), "--ca", ca, "--client-cert", cert, "--client-key", key);

        Assert.Equal("workload  none\nknown by  mtls\n", run.Out);
        Assert.Equal(client.Thumbprint, broker.Calls.Single().Certificate);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_a_failure_not_a_crash()
    {
        using var client = Certificates.SelfSigned("agent");
        using var other = Certificates.SelfSigned("agent");
        var (cert, key) = (Write("cert.pem", client.ExportCertificatePem()), Write("key.pem", Certificates.KeyOf(other)));

        var run = await CliRun.OfAsync("whoami", "--address", "https://localhost:1", "--client-cert", cert, "--client-key", key);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"error: {key} is not the private key of the certificate\n", run.Error);
    }

    [Theory]
    [InlineData("--ca")]
    [InlineData("--client-cert")]
    public async Task A_file_without_a_certificate_is_told(string option)
    {
        var run = await CliRun.OfAsync("whoami", "--address", "https://localhost:1", option, Write("empty.pem", ""), "--client-key", "k");

        Assert.Equal(2, run.ExitCode);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private Task<CliRun> RunAsync(params string[] args) => RunAsync(new Surroundings(), args);

    private Task<CliRun> RunAsync(Surroundings around, params string[] args) => CliRun.OfAsync(around, [.. args, "--address", _broker.Address.ToString()]);
}
