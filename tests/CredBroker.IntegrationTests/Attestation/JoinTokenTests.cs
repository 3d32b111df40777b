using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Server.Attestation;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class JoinTokenTests(Postgres postgres) : IAsyncLifetime
{
    private const string Yaml = """
        trust_domains:
          example.org: {}
        workloads:
          joiner:
            spiffe_id: spiffe://example.org/joiner
            owner: team
            class: agent
            attest: [{join_token: true}]
          other:
            spiffe_id: spiffe://example.org/other
            owner: team
            class: agent
            attest: [{unix: {uid: 4711}}]
        """;

    private static readonly Caller Operator = new() { Admin = "olga", Roles = AdminRoles.Operator };
    private AttestationHarness harness = null!;

    public async ValueTask InitializeAsync() => harness = await AttestationHarness.StartAsync(postgres, Yaml);

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    [Fact]
    public async Task A_secret_attests_its_workload_once()
    {
        var secret = await CreateAsync();

        var answer = AttestationHarness.Answered(await harness.JoinAsync(secret));

        Assert.Equal("spiffe://example.org/joiner", answer.SpiffeId);
        Assert.Equal(["join_token:joiner"], answer.Selectors);
        Assert.Equal(nameof(Reason.JoinTokenUnknownOrUsed), await harness.RefusalAsync(await harness.JoinAsync(secret)));
    }

    [Fact]
    public async Task Of_fifty_callers_with_one_secret_exactly_one_is_attested()
    {
        var secret = await CreateAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => harness.JoinAsync(secret))));

        Assert.Single(replies, reply => reply is Reply<AttestResponse>.Answered);
        Assert.All(replies.OfType<Reply<AttestResponse>.Refused>(), refused => Assert.Equal(Reason.JoinTokenUnknownOrUsed, refused.Refusal.Reason));
        Assert.Single(await harness.EntriesAsync(AuditKind.WorkloadAttested));
        Assert.Equal(49, (await harness.EntriesAsync(AuditKind.AttestationRefused)).Count);
    }

    [Fact]
    public async Task The_secret_itself_is_stored_nowhere()
    {
        var secret = await CreateAsync();
        AttestationHarness.Answered(await harness.JoinAsync(secret));

        var dump = await harness.Database.ScalarAsync<string>("""
            SELECT concat((SELECT json_agg(j) FROM join_tokens j), (SELECT json_agg(a) FROM audit_entries a), (SELECT json_agg(r) FROM requests r))
            """);

        Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
        Assert.Contains("joiner", dump, StringComparison.Ordinal);
        Assert.Equal(0, await harness.Database.ScalarAsync<int>("SELECT max(octet_length(response)) FROM requests"));
    }

    [Fact]
    public async Task The_record_says_who_made_the_secret_and_which_one_was_used()
    {
        AttestationHarness.Answered(await harness.JoinAsync(await CreateAsync()));

        var created = Assert.Single(await harness.EntriesAsync(AuditKind.JoinTokenCreated));
        var attested = Assert.Single(await harness.EntriesAsync(AuditKind.WorkloadAttested));
        Assert.Equal("admin:olga", created.GetProperty("by").GetString());
        Assert.Equal(created.GetProperty("secret_sha256").GetString(), attested.GetProperty("evidence").GetProperty("secret_sha256").GetString());
    }

    [Fact]
    public async Task An_expired_secret_is_unknown()
    {
        var secret = await CreateAsync();
        await harness.Database.ExecuteAsync("UPDATE join_tokens SET expires_at = clock_timestamp()");

        Assert.Equal(nameof(Reason.JoinTokenUnknownOrUsed), await harness.RefusalAsync(await harness.JoinAsync(secret)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")] // 43 characters, not canonical
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task What_is_no_secret_at_all_is_refused_and_recorded(string secret) =>
        Assert.Equal(nameof(Reason.EvidenceMalformed), await harness.RefusalAsync(await harness.JoinAsync(secret)));

    [Fact]
    public async Task A_secret_for_a_workload_that_joins_no_more_is_spent_all_the_same()
    {
        var secret = await CreateAsync();
        await harness.ApplyAsync(Yaml.Replace("join_token: true", "unix: {uid: 4712}", StringComparison.Ordinal));

        Assert.Equal(nameof(Reason.EvidenceKindNotAllowed), await harness.RefusalAsync(await harness.JoinAsync(secret)));
        await harness.ApplyAsync(Yaml);
        Assert.Equal(nameof(Reason.JoinTokenUnknownOrUsed), await harness.RefusalAsync(await harness.JoinAsync(secret)));
    }

    [Fact]
    public async Task A_malformed_key_does_not_spend_the_secret()
    {
        var secret = await CreateAsync();

        var refused = Assert.IsType<Reply<AttestResponse>.Refused>(
            await harness.AttestAsync(new() { JoinToken = new() { Secret = secret }, PublicJwk = "{}" }));

        Assert.Equal("public_jwk", refused.Refusal.Field);
        AttestationHarness.Answered(await harness.JoinAsync(secret));
    }

    [Fact]
    public async Task A_retried_request_never_shows_a_secret_again_nor_makes_another()
    {
        var request = Request();
        Assert.IsType<Reply<CreateJoinTokenResponse>.Answered>(await CreateAsync(request));

        foreach (var retry in new[] { request, new(request) { TimeToLive = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) } })
        {
            var refused = Assert.IsType<Reply<CreateJoinTokenResponse>.Refused>(await CreateAsync(retry));
            Assert.Equal(Reason.RequestIdReused, refused.Refusal.Reason);
        }

        Assert.Equal(1L, await harness.Database.ScalarAsync<long>("SELECT count(*) FROM join_tokens"));
    }

    [Fact]
    public async Task One_request_sent_twenty_times_at_once_makes_one_secret()
    {
        var request = Request();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => CreateAsync(request))));

        Assert.Single(replies, reply => reply is Reply<CreateJoinTokenResponse>.Answered);
        Assert.Equal(1L, await harness.Database.ScalarAsync<long>("SELECT count(*) FROM join_tokens"));
    }

    [Theory]
    [InlineData("other")] // attests by its user, not by joining
    [InlineData("nobody")]
    [InlineData("No Name")]
    [InlineData("")]
    public async Task Only_workloads_that_may_join_get_one(string workload)
    {
        var refused = Assert.IsType<Reply<CreateJoinTokenResponse>.Refused>(await CreateAsync(new(Request()) { Workload = workload }));

        Assert.Equal("workload", refused.Refusal.Field);
        Assert.InRange((int)refused.Refusal.Reason, 1, 99);
        Assert.Equal(0L, await harness.Database.ScalarAsync<long>("SELECT count(*) FROM join_tokens"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public async Task A_secret_lives_from_a_second_to_a_day(int seconds)
    {
        var refused = Assert.IsType<Reply<CreateJoinTokenResponse>.Refused>(
            await CreateAsync(new(Request()) { TimeToLive = new() { Seconds = seconds } }));

        Assert.Equal((Reason.FieldOutOfRange, "time_to_live"), (refused.Refusal.Reason, refused.Refusal.Field));
    }

    [Fact]
    public async Task Secrets_are_forgotten_a_day_after_they_expired_and_not_before()
    {
        for (var hours = 0; hours < 3; hours++)
        {
            await CreateAsync();
            await harness.Database.ExecuteAsync(
                "UPDATE join_tokens SET expires_at = now() - make_interval(hours => $1) WHERE expires_at > now()", 23 + hours);
        }

        await CreateAsync();
        await new ForgetJoinTokens(harness.Database.DataSource).Execute(null!, TestContext.Current.CancellationToken);

        Assert.Equal(2L, await harness.Database.ScalarAsync<long>("SELECT count(*) FROM join_tokens"));
    }

    [Fact]
    public async Task Without_a_wish_it_lives_ten_minutes()
    {
        var before = TimeProvider.System.GetUtcNow();
        var answer = Assert.IsType<Reply<CreateJoinTokenResponse>.Answered>(await CreateAsync(Request())).Value;

        Assert.InRange(answer.ExpiresAt.ToDateTimeOffset() - before, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));
        Assert.Equal(43, answer.Secret.Length);
    }

    private async Task<string> CreateAsync() => Assert.IsType<Reply<CreateJoinTokenResponse>.Answered>(await CreateAsync(Request())).Value.Secret;

    private Task<Reply<CreateJoinTokenResponse>> CreateAsync(CreateJoinTokenRequest request) =>
        harness.CreateJoinToken.HandleAsync(request, Operator, TestContext.Current.CancellationToken);

    private static CreateJoinTokenRequest Request() => new()
    {
        RequestId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString(), Workload = "joiner",
    };
}
