using System.Text;
using System.Text.Json;
using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests.Identity;

public class AttestingTests
{
    private const string Yaml = """
        trust_domains:
          example.org:
            jwt: {profile: oidc, issuer: "https://issuer.example", audiences: [broker], jwks_url: "https://issuer.example/keys"}
        workloads:
          one:
            spiffe_id: spiffe://example.org/one
            owner: team
            class: agent
            attest:
              - unix: {uid: 1000}
              - join_token: true
          two:
            spiffe_id: spiffe://example.org/two
            owner: team
            class: agent
            attest:
              - unix: {gid: 7}
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, 900, TimeSpan.Zero);
    private static readonly DateTimeOffset WholeNow = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly BrokerCatalog Catalog = CatalogOf(Yaml);
    private static readonly AttestTerms Terms = new("https://broker.example", TimeSpan.FromMinutes(10), Guid.CreateVersion7(Now));
    private static readonly Binding Key = new Binding.Jkt(EphemeralKey.Create().Public.Thumbprint);
    private static readonly Binding Certificate = new Binding.X5tS256(CertificateThumbprint.Of("certificate"u8));

    [Fact]
    public void Evidence_that_fits_one_workload_is_its_identity_for_ten_minutes()
    {
        var identity = Approved(User(1000));

        Assert.Equal("spiffe://example.org/one", identity.Workload.SpiffeId.ToString());
        Assert.Equal("unix:uid:1000", identity.By.ToString());
        Assert.Equal(WholeNow, identity.IssuedAt);
        Assert.Equal(WholeNow + TimeSpan.FromMinutes(10), identity.ExpiresAt);
        Assert.Equal(Key, identity.Binding);
        Assert.Equal(Terms.Id, identity.Id);
    }

    [Fact]
    public void Evidence_that_fits_none_or_two_is_nobody()
    {
        Assert.Equal(Reason.NoWorkloadMatches, Denied(User(1001)).Reason);
        Assert.Equal(Reason.SeveralWorkloadsMatch, Denied(User(1000, gid: 7)).Reason);
        Assert.Equal(Reason.NoWorkloadMatches, Denied(new(User(1000), Key, null), BrokerCatalog.Empty).Reason);
    }

    [Fact]
    public void A_join_token_is_only_good_for_its_own_workload()
    {
        Assert.Equal("one", Approved(JoinToken("one")).Workload.Name.ToString());
        Assert.Equal(Reason.EvidenceKindNotAllowed, Denied(JoinToken("two")).Reason);
        Assert.Equal(Reason.NoWorkloadMatches, Denied(JoinToken("three")).Reason);
    }

    [Fact]
    public void The_token_says_what_it_was_given_for()
    {
        Assert.Equal("unix_peer", Claims(Approved(User(1000))).GetProperty("attested_by").GetString());
        Assert.Equal("join_token", Claims(Approved(JoinToken("one"))).GetProperty("attested_by").GetString());
        Assert.All(Enum.GetValues<EvidenceKind>(), kind => Assert.Equal(kind, EvidenceKinds.Of(kind.Word())));
        Assert.Null(EvidenceKinds.Of("UnixPeer"));
    }

    [Fact]
    public void The_token_never_outlives_the_evidence()
    {
        var end = WholeNow + TimeSpan.FromSeconds(90.5);

        Assert.Equal(WholeNow + TimeSpan.FromSeconds(90), Approved(User(1000), end).ExpiresAt);
        Assert.Equal(WholeNow + TimeSpan.FromMinutes(10), Approved(User(1000), WholeNow + TimeSpan.FromDays(1)).ExpiresAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.05)] // ends within this very second: rounded down, nothing is left
    public void Evidence_with_nothing_left_is_nobody(double seconds) =>
        Assert.Equal(Reason.EvidenceExpired, Denied(new(User(1000), Key, Now + TimeSpan.FromSeconds(seconds)), Catalog).Reason);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.9, 1)]
    [InlineData(599, 599)]
    [InlineData(600, 600)]
    [InlineData(601, 600)]
    [InlineData(86_400, 600)]
    public void No_configuration_makes_it_live_longer_than_ten_minutes(double configured, int lived)
    {
        var decision = Attesting.Decide(
            new(User(1000), Key, null), Catalog, Terms with { Lifetime = TimeSpan.FromSeconds(configured) }, WholeNow);

        var identity = Assert.IsType<AttestDecision.Approved>(decision).Identity;
        Assert.Equal(TimeSpan.FromSeconds(lived), identity.ExpiresAt - identity.IssuedAt);
    }

    [Fact]
    public void An_identity_is_never_bound_to_nothing() =>
        Assert.Equal(Reason.BearerNotAllowed, Denied(new(User(1000), new Binding.Bearer(), null), Catalog).Reason);

    [Fact]
    public void The_claims_are_those_of_RFC_9068_and_of_nobody_elses_audience()
    {
        var claims = Claims(Approved(User(1000)));

        Assert.Equal(["iss", "sub", "aud", "client_id", "iat", "nbf", "exp", "jti", "attested_by", "cnf"], claims.EnumerateObject().Select(m => m.Name));
        Assert.Equal(Terms.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal(Terms.Issuer, claims.GetProperty("aud").GetString());
        Assert.Equal("spiffe://example.org/one", claims.GetProperty("sub").GetString());
        Assert.Equal(WholeNow.ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
        Assert.Equal(WholeNow.ToUnixTimeSeconds() + 600, claims.GetProperty("exp").GetInt64());
        Assert.Equal(Terms.Id, claims.GetProperty("jti").GetGuid());
        var cnf = Assert.Single(claims.GetProperty("cnf").EnumerateObject());
        Assert.Equal(("jkt", Key.ToString()), (cnf.Name, $"jkt:{cnf.Value.GetString()}"));
    }

    [Fact]
    public void A_client_certificate_is_confirmed_by_its_thumbprint()
    {
        var decision = Attesting.Decide(new(User(1000), Certificate, null), Catalog, Terms, Now);

        var cnf = Assert.Single(Claims(Assert.IsType<AttestDecision.Approved>(decision).Identity).GetProperty("cnf").EnumerateObject());
        Assert.Equal(("x5t#S256", Certificate.ToString()), (cnf.Name, $"x5t#S256:{cnf.Value.GetString()}"));
    }

    [Fact]
    public void Nothing_outside_the_rules_can_make_an_identity() =>
        Assert.Empty(typeof(ApprovedIdentity).GetConstructors());

    private static ApprovedIdentity Approved(AttestedPeer peer, DateTimeOffset? end = null) =>
        Assert.IsType<AttestDecision.Approved>(Attesting.Decide(new(peer, Key, end), Catalog, Terms, Now)).Identity;

    private static Refusal Denied(AttestedPeer peer) => Denied(new AttestFacts(peer, Key, null), Catalog);

    private static Refusal Denied(AttestFacts facts, BrokerCatalog catalog) =>
        Assert.IsType<AttestDecision.Denied>(Attesting.Decide(facts, catalog, Terms, Now)).Refusal;

    private static AttestedPeer.Unix User(uint uid, uint gid = 100) => new() { Uid = uid, Gid = gid };

    private static AttestedPeer.JoinToken JoinToken(string workload) =>
        new(CatalogName.TryParse(workload, out var name) ? name : throw new ArgumentException(workload));

    private static JsonElement Claims(ApprovedIdentity identity)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        ApprovedIdentity.WriteClaims(json, identity);
        json.WriteEndObject();
        json.Flush();
        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    private static BrokerCatalog CatalogOf(string yaml)
    {
        var reading = CatalogReader.Read([(CatalogFiles.Main, Encoding.UTF8.GetBytes(yaml))]);
        return Assert.IsType<CatalogReading.Valid>(reading).Catalog;
    }
}
