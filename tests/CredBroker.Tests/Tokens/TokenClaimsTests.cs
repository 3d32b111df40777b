using System.Reflection;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using static CredBroker.Tests.Tokens.Mints;

namespace CredBroker.Tests.Tokens;

public sealed class TokenClaimsTests
{
    [Fact]
    public void The_payload_has_the_claims_of_the_contract_in_one_order()
    {
        var grant = Approve(Ask, Known);
        Assert.Equal(
            $$"""
            {"iss":"https://broker.example.org","sub":"spiffe://example.org/agents/triage","aud":"https://github.issues.example.org","exp":{{grant.ExpiresAt.ToUnixTimeSeconds()}},"iat":{{grant.IssuedAt.ToUnixTimeSeconds()}},"nbf":{{grant.IssuedAt.ToUnixTimeSeconds()}},"jti":"{{grant.Jti}}","client_id":"spiffe://example.org/agents/triage","client_attested_by":"unix_peer","cnf":{"jkt":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},"authorization_details":[{"type":"credbroker_capability","tool":"github.issues","action":"read","resource":"acme/api/*"}],"task":"{{Live.Id}}","txn":"{{Live.Id}}"}
            """,
            TextOf(grant));
    }

    [Fact]
    public void A_token_bound_to_a_certificate_says_so_and_one_bound_to_nothing_says_nothing()
    {
        Assert.Contains(
            "\"cnf\":{\"x5t#S256\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"}", TextOf(Approve(Ask with { Binding = Certificate }, Known)),
            StringComparison.Ordinal);
        var bearer = Approve(Ask with { Binding = new Binding.Bearer() }, Known.With(Rule with { BearerAllowed = true }));
        Assert.DoesNotContain("cnf", TextOf(bearer), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_delegated_task_the_subject_is_the_root_and_the_actors_nest_from_the_caller_outward()
    {
        var root = Facts.Workload("spiffe://example.org/root");
        var middle = Facts.Workload("spiffe://example.org/middle");
        var rootTask = TaskId.New(Now.AddMinutes(-2));

        var claims = Parse(Approve(Ask, (Known with { Task = Live with { Root = rootTask, Above = [root, middle] } }).AllowedToAll()));

        Assert.Equal("spiffe://example.org/root", claims.GetProperty("sub").GetString());
        Assert.Equal("spiffe://example.org/agents/triage", claims.GetProperty("client_id").GetString());
        Assert.Equal(
            """{"sub":"spiffe://example.org/agents/triage","act":{"sub":"spiffe://example.org/middle"}}""", claims.GetProperty("act").GetRawText());
        Assert.Equal((Live.Id.ToString(), rootTask.ToString()), (claims.GetProperty("task").GetString(), claims.GetProperty("txn").GetString()));

        var child = Parse(Approve(Ask, (Known with { Task = Live with { Root = rootTask, Above = [root] } }).AllowedToAll()));
        Assert.Equal("""{"sub":"spiffe://example.org/agents/triage"}""", child.GetProperty("act").GetRawText());
    }

    [Fact]
    public void The_granted_capability_is_read_back_from_the_payload_as_it_was()
    {
        var types = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
            [KeyValuePair.Create(Make.Parameter("q"), ParameterType.String)]);
        var asked = Make.Capability("github.issues", "read", "acme/api's & co/*", ("q", Make.OneOf("Größe <\"1\">", "a+b")));
        var claims = Parse(Approve(Ask with { Capability = asked }, Known.With(Rule with { Parameters = types })));
        Assert.True(CapabilityJson.TryReadDetails(claims.GetProperty("authorization_details"), out var read));
        Assert.Equal(asked, read);
    }

    [Fact]
    public void Times_are_numbers_of_whole_seconds()
    {
        var claims = Parse(Approve(Ask, Known));
        foreach (var name in new[] { "exp", "iat", "nbf" }) Assert.True(claims.GetProperty(name).TryGetInt64(out var seconds) && seconds > 1_700_000_000);
        Assert.Equal(claims.GetProperty("iat").GetInt64(), claims.GetProperty("nbf").GetInt64());
    }

    [Theory]
    [InlineData(850, 0)]
    [InlineData(100, 8)]
    public void The_largest_token_that_is_minted_fits_what_readers_take(int identity, int above)
    {
        // A capability at its limit, with characters that JSON must escape, and identities up to where minting stops.
        var workload = Facts.Workload("spiffe://example.org/" + new string('w', identity - 21));
        var types = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
            [KeyValuePair.Create(Make.Parameter("q"), ParameterType.String)]);
        var values = Enumerable.Range(0, 5).Select(i => $"{i}" + new string('"', 249)).ToArray();
        var asked = Make.Capability("github.issues", "read", "acme/" + new string('r', 400), ("q", Make.OneOf(values)));
        Assert.InRange(CapabilityJson.LengthOf(asked), Minting.MaxCapabilityBytes - 100, Minting.MaxCapabilityBytes);
        var task = Live with { Workload = workload, Above = [.. Enumerable.Repeat(workload, above)] };
        var longer = Facts.Workload("spiffe://example.org/" + new string('w', identity + 100));
        var rule = Rule with { Parameters = types };
        var facts = (Known with { Task = task, Found = new(true, rule), Policies = Policed.For(rule, workload, longer) }).AllowedToAll();
        var ask = Ask with { Capability = asked, Workload = workload };

        var payload = TokenClaims.ToUtf8(Approve(ask, facts), "https://broker.example.org");

        const int HeaderAndSignature = 300;
        Assert.InRange((payload.Length * 4 / 3) + HeaderAndSignature, 0, JwsLimits.Token.MaxLength);

        var tooLong = facts with { Task = task with { Workload = longer, Above = [.. Enumerable.Repeat(longer, above)] } };
        Assert.Equal(Core.Reason.FieldTooLong, Deny(ask with { Workload = longer }, tooLong).Reason);
    }

    [Fact]
    public void Only_the_rules_make_grants()
    {
        var constructors = typeof(ApprovedGrant).GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        Assert.All(constructors, constructor => Assert.True(constructor.IsAssembly || constructor.IsPrivate));
        Assert.All(typeof(ApprovedGrant).GetProperties(), property => Assert.False(property.CanWrite));
        Assert.True(typeof(ApprovedGrant).IsSealed);
        // A record would let anyone copy a grant with another audience.
        Assert.Null(typeof(ApprovedGrant).GetMethod("<Clone>$"));
        Assert.Null(typeof(ApprovedTask).GetMethod("<Clone>$"));
        Assert.All(typeof(ApprovedTask).GetProperties(), property => Assert.False(property.CanWrite));
    }

    private static string TextOf(ApprovedGrant grant) => Encoding.UTF8.GetString(TokenClaims.ToUtf8(grant, "https://broker.example.org"));

    private static JsonElement Parse(ApprovedGrant grant) => JsonElement.Parse(TextOf(grant));
}
