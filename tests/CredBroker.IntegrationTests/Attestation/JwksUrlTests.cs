using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CredBroker.Core;
using CredBroker.Server.Attestation;
using CredBroker.Tests.Identity;
using Evidence = CredBroker.Client.Evidence;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>A trust domain whose keys are at an address: a real web server, a whole broker, and what goes wrong between them.</summary>
public sealed class JwksUrlTests(Postgres postgres) : IAsyncLifetime
{
    private const string Joiner = """

          joiner:
            spiffe_id: spiffe://example.org/joiner
            owner: team
            class: agent
            attest: [{join_token: true}]
        """;

    private readonly LeapClock clock = new();
    private AttestationBroker broker = null!;
    private KeyHost issuer = null!;

    public async ValueTask InitializeAsync()
    {
        issuer = await KeyHost.StartAsync(SetOf("old"));
        broker = await AttestationBroker.StartAsync(postgres, clock, Yaml(issuer.Address));
    }

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_new_key_is_found_by_its_id_with_one_more_request_however_many_ask_for_it()
    {
        await AttestedAsync("old");
        await AttestedAsync("old");
        Assert.Equal(1, issuer.Asked);

        // Within half a minute of the last fetch nothing is asked: the new key is not known yet, and the old one still is.
        issuer.Serve(SetOf("new"));
        await DeniedAsync(Reason.UnknownKey, "new");
        await AttestedAsync("old");
        Assert.Equal(1, issuer.Asked);

        clock.Leap(RemoteKeys.ShortestInterval);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AttestedAsync("new")));
        await DeniedAsync(Reason.UnknownKey, "old");
        await DeniedAsync(Reason.UnknownKey, "invented");
        Assert.Equal(2, issuer.Asked);
    }

    [Fact]
    public async Task A_key_that_its_issuer_replaced_under_the_same_id_is_forgotten_within_five_minutes()
    {
        await AttestedAsync("old");
        issuer.Serve(ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.OtherP256, "\"kid\":\"old\"")));
        clock.Leap(RemoteKeys.RefreshAge);

        await DeniedAsync(Reason.BadSignature, "old");
    }

    [Fact]
    public async Task While_its_issuer_is_away_a_trust_domain_goes_on_with_the_last_keys_for_an_hour()
    {
        await AttestedAsync("old");
        issuer.Refuse(HttpStatusCode.ServiceUnavailable);

        clock.Leap(RemoteKeys.LongestStale / 2);
        await AttestedAsync("old");
        Assert.Equal(2, issuer.Asked);
        clock.Leap(RemoteKeys.LongestStale / 2);
        await DeniedAsync(Reason.TrustBundleAway, "old");

        issuer.Serve(SetOf("old"));
        clock.Leap(RemoteKeys.ShortestInterval);
        await AttestedAsync("old");
    }

    [Fact]
    public async Task Where_nobody_listens_nobody_is_attested_and_the_broker_stays_up()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var address = $"http://{nobody.LocalEndpoint}/keys";
        nobody.Stop();
        await broker.ApplyAsync(Yaml(address));

        await DeniedAsync(Reason.TrustBundleAway, "old");

        Assert.Contains(broker.Log.TextsOf(2000), text => text.Contains(address, StringComparison.Ordinal));
        var secret = await broker.JoinTokenAsync("joiner");
        await using var joined = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(secret));
        Assert.Equal("joiner", joined.Identity.Workload);
    }

    [Fact]
    public async Task What_is_no_key_set_vouches_for_nobody_and_is_asked_for_again_soon()
    {
        string[] documents =
        [
            "", "<html>maintenance</html>", "[]", """{"keys":{}}""",
            SetOf("old")[..^1] + $$""","pad":"{{new string('a', JwksFetcher.LargestDocument)}}"}""", // good keys, and then too much of it
        ];
        foreach (var document in documents)
        {
            issuer.Serve(document);
            await DeniedAsync(Reason.TrustBundleAway, "old");
            clock.Leap(RemoteKeys.ShortestIntervalWithout);
        }

        Assert.Equal(documents.Length, issuer.Asked);
        issuer.Serve(SetOf("old"));
        await AttestedAsync("old");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_not_even_to_good_keys()
    {
        await using var elsewhere = await KeyHost.StartAsync(SetOf("old"));
        issuer.Answer = context =>
        {
            context.Response.Redirect(elsewhere.Address);
            return Task.CompletedTask;
        };

        await DeniedAsync(Reason.TrustBundleAway, "old");

        Assert.Equal((1, 0), (issuer.Asked, elsewhere.Asked));
    }

    [Fact]
    public async Task A_web_server_whose_certificate_nobody_vouches_for_is_not_asked()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        using var certificate = request.CreateSelfSigned(clock.GetUtcNow().AddHours(-1), clock.GetUtcNow().AddHours(1));
        await using var impostor = await KeyHost.StartAsync(SetOf("old"), certificate);
        Assert.StartsWith("https:", impostor.Address, StringComparison.Ordinal);
        await broker.ApplyAsync(Yaml(impostor.Address));

        await DeniedAsync(Reason.TrustBundleAway, "old");

        Assert.Equal(0, impostor.Asked);
    }

    private static string Yaml(string address) =>
        Forgeries.Yaml.Replace("jwks_file: keys.json", $"jwks_url: \"{address}\"", StringComparison.Ordinal) + Joiner;

    private static string SetOf(params string[] keyIds) =>
        ForgeKeys.Set([.. keyIds.Select(id => ForgeKeys.Jwk(ForgeKeys.P256, $"\"kid\":\"{id}\""))]);

    // As its issuer would make it at the broker's time.
    private Evidence.Jwt Signed(string keyId)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return new((Forgeries.Oidc with { Header = $$"""{"alg":"ES256","kid":"{{keyId}}"}""", Iat = $"{now}", Exp = $"{now + 600}" }).Sign());
    }

    private async Task AttestedAsync(string keyId)
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), Signed(keyId));
        Assert.Equal("agents", session.Identity.Workload);
    }

    private Task<JsonElement> DeniedAsync(Reason reason, string keyId) => broker.DeniedAsync(reason, broker.OverTcp(), Signed(keyId));
}
