using CredBroker.Client;
using CredBroker.Core;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Each Reason that tasks and tokens can have, over the wire.</summary>
public sealed class RefusalTests(Postgres postgres)
{
    private static readonly Capability s_unknownTool = new() { Tool = "nuclear", Action = "launch", Resource = "x" };

    [Fact]
    public async Task Eight_different_causes_of_denial_look_the_same_to_the_byte_but_for_the_decision_id()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");
        var mine = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var theirs = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromMinutes(1)))).Task.TaskId;
        var over = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await agent.Tasks.EndTaskAsync(Story.End(over));

        MintRequest[] causes =
        [
            Story.Mint(mine, s_unknownTool),
            Story.Mint(mine, new Capability { Tool = "tickets", Action = "burn", Resource = "acme/x" }),
            Story.Mint(mine, Story.ReadTicket("emca/tickets/1")),
            Story.Mint(mine, new Capability { Tool = "tickets", Action = "write", Resource = "acme/support/1" }),
            Story.Mint(mine, Story.Release()),
            Story.Mint(theirs),
            Story.Mint(TestBroker.NewId()),
            Story.Mint(over),
        ];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cause in causes)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await agent.Tokens.MintAsync(cause));
            var decision = BrokerRefusal.Of(refused).DecisionId!;
            var details = refused.Trailers.GetValueBytes("grpc-status-details-bin")!;
            var text = Convert.ToHexString(details).Replace(Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(decision)), "ID", StringComparison.Ordinal);
            seen.Add($"{refused.StatusCode} {refused.Status.Detail} {text} {string.Join(',', refused.Trailers.Select(entry => entry.Key).Order(StringComparer.Ordinal))}");
        }

        Assert.Single(seen);
    }

    [Fact]
    public async Task The_audit_has_the_true_reason_of_every_denied_mint()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var theirs = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromMinutes(1)))).Task.TaskId;
        AsyncUnaryCall<MintResponse> Mint(Capability capability) => agent.Tokens.MintAsync(Story.Mint(task, capability));

        await broker.DeniedAsync(Reason.UnknownTool, Mint(s_unknownTool));
        await broker.DeniedAsync(Reason.UnknownAction, Mint(new Capability { Tool = "tickets", Action = "burn", Resource = "acme/x" }));
        await broker.DeniedAsync(Reason.UnknownParameter, Mint(Story.ReadTicket().With(new Parameter { Name = "colour", Boolean = true })));
        await broker.DeniedAsync(Reason.ParameterMistyped, Mint(Story.ReadTicket().Only(new Parameter { Name = "state", Boolean = true })));
        await broker.DeniedAsync(Reason.ParameterNotAllowed, Mint(Story.ReadTicket().Only(Story.OneOf("state", "closed"))));
        await broker.DeniedAsync(Reason.ResourceNotAllowed, Mint(Story.ReadTicket("emca/1")));
        await broker.DeniedAsync(Reason.ActionOutsideEnvelope, Mint(new Capability { Tool = "tickets", Action = "write", Resource = "acme/support/1" }));
        await broker.DeniedAsync(Reason.PolicyDenied, Mint(Story.Release()));
        await broker.DeniedAsync(Reason.NotYourTask, agent.Tokens.MintAsync(Story.Mint(theirs)));
        await broker.DeniedAsync(Reason.UnknownTask, agent.Tokens.MintAsync(Story.Mint(TestBroker.NewId())));
        await broker.DeniedAsync(Reason.ActionNotAllowed, other.Tokens.MintAsync(Story.Mint(theirs, Story.SendMail())));

        var bearer = Story.Mint(task);
        bearer.Bearer = true;
        await broker.DeniedAsync(Reason.BearerNotAllowed, agent.Tokens.MintAsync(bearer));
        var mail = Story.Mint(task, Story.SendMail());
        mail.Bearer = true;
        Assert.Equal("Bearer", (await agent.Tokens.MintAsync(mail)).TokenType);
    }

    [Fact]
    public async Task Envelopes_budgets_and_lifetimes_hold()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");
        var narrow = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/tickets/*")))).Task.TaskId;
        await broker.DeniedAsync(Reason.ResourceOutsideEnvelope, agent.Tokens.MintAsync(Story.Mint(narrow, Story.ReadTicket("acme/other/1"))));

        var noState = Story.Start(new Capability { Tool = "tickets", Action = "read", Resource = "acme/**", Parameters = { Story.OneOf("state", "open") } });
        noState.Budget = 1;
        var task = (await agent.Tasks.StartTaskAsync(noState)).Task.TaskId;
        var only = Story.Mint(task);
        var first = await agent.Tokens.MintAsync(only);
        await broker.DeniedAsync(Reason.BudgetSpent, agent.Tokens.MintAsync(Story.Mint(task)));
        Assert.Equal(first.Jti, (await agent.Tokens.MintAsync(only)).Jti);   // the retry that spent it is answered as it was

        await broker.DeniedAsync(Reason.TaskLifetimeOverCeiling, other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**"))));
        var rich = Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30));
        rich.Budget = 4;
        await broker.DeniedAsync(Reason.TaskBudgetOverCeiling, other.Tasks.StartTaskAsync(rich));
        for (var i = 0; i < 2; i++) await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30)));
        await Refused.AsAsync(Reason.TooManyTasks, other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30))));
    }

    [Fact]
    public async Task A_request_id_means_one_request()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var start = Story.Start();
        var task = (await agent.Tasks.StartTaskAsync(start)).Task.TaskId;
        Assert.Equal(task, (await agent.Tasks.StartTaskAsync(start)).Task.TaskId);
        var changed = start.Clone();
        changed.Intent = "Something else";
        await Refused.AsAsync(Reason.RequestIdReused, agent.Tasks.StartTaskAsync(changed));

        var mint = Story.Mint(task);
        var first = await agent.Tokens.MintAsync(mint);
        var again = await agent.Tokens.MintAsync(mint);
        Assert.Equal((first.Jti, first.DecisionId, first.ExpiresAt), (again.Jti, again.DecisionId, again.ExpiresAt));
        var other = mint.Clone();
        other.Capability = Story.SendMail();
        await Refused.AsAsync(Reason.RequestIdReused, agent.Tokens.MintAsync(other));

        var end = Story.End(task);
        Assert.Equal(await agent.Tasks.EndTaskAsync(end), await agent.Tasks.EndTaskAsync(end));
        Assert.True((await agent.Tasks.EndTaskAsync(Story.End(task))).AlreadyEnded);
    }

    [Fact]
    public async Task A_catalog_is_applied_only_over_the_one_that_was_expected()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var admin = broker.OverSocket().Admin;
        var version = (await admin.GetCatalogAsync(new GetCatalogRequest())).Version;
        var apply = TestCatalog.Apply(TestCatalog.Yaml(callsPerSecond: 7));
        apply.ExpectedVersion = version - 1;
        Assert.Equal("expected_version", (await Refused.AsAsync(Reason.CatalogMoved, admin.ApplyCatalogAsync(apply))).Field);
        Assert.Equal("version", (await Refused.AsAsync(Reason.FieldOutOfRange, admin.GetCatalogAsync(new GetCatalogRequest { Version = version + 1 }))).Field);
        apply.ExpectedVersion = version;
        Assert.Equal(version + 1, (await admin.ApplyCatalogAsync(apply)).Version);
    }

    [Fact]
    public async Task Malformed_fields_are_named()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        async Task NamedAsync<T>(Reason reason, string field, AsyncUnaryCall<T> call) => Assert.Equal(field, (await Refused.AsAsync(reason, call)).Field);

        await NamedAsync(Reason.FieldMissing, "request_id", agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.RequestId = "")));
        await NamedAsync(Reason.FieldMalformed, "request_id", agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.RequestId = start.RequestId.ToUpperInvariant() + "A")));
        await NamedAsync(Reason.FieldMissing, "intent", agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Intent = "")));
        await NamedAsync(Reason.FieldTooLong, "intent", agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Intent = new string('é', 2049))));
        await NamedAsync(Reason.FieldMissing, "envelope", agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Envelope.Clear())));
        await NamedAsync(Reason.FieldOutOfRange, "time_to_live", agent.Tasks.StartTaskAsync(Story.Start().Within(TimeSpan.FromDays(2))));
        await NamedAsync(Reason.FieldMalformed, "envelope[1].resource", agent.Tasks.StartTaskAsync(Story.Start(Story.SendMail(), Story.ReadTicket("acme/../x"))));
        await NamedAsync(Reason.DuplicateElement, "envelope", agent.Tasks.StartTaskAsync(Story.Start(Story.SendMail(), Story.SendMail())));
        await NamedAsync(Reason.TooManyElements, "envelope", agent.Tasks.StartTaskAsync(Story.Start([.. Enumerable.Range(0, 65).Select(i => Story.ReadTicket($"acme/{i}"))])));
        await NamedAsync(Reason.FieldOutOfRange, "time_to_live", agent.Tokens.MintAsync(Story.Mint(task).Changed(mint => mint.TimeToLive = new Duration { Nanos = 5 })));
        await NamedAsync(Reason.DuplicateElement, "capability.parameters", agent.Tokens.MintAsync(Story.Mint(task, Story.ReadTicket().With(Story.OneOf("state", "open")))));
        await NamedAsync(Reason.FieldMalformed, "outcome", agent.Tasks.EndTaskAsync(Story.End(task).Changed(end => end.Outcome = Outcome.Unspecified)));
        await using var backend = await broker.JoinAsync("backend");
        await NamedAsync(Reason.FieldMissing, "token", backend.Tokens.IntrospectAsync(new IntrospectRequest()));
    }

    [Fact]
    public async Task Who_may_not_call_is_denied_and_recorded()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        await broker.DeniedAsync(Reason.CallerMayNotCall, other.Tokens.IntrospectAsync(new IntrospectRequest { Token = "x" }));
        await broker.DeniedAsync(Reason.CallerMayNotCall, other.Admin.StandingAccessAsync(new StandingAccessRequest()));
        await Refused.AsAsync(Reason.NoCredential, broker.OverTcp().Tasks.GetTaskAsync(new GetTaskRequest { TaskId = TestBroker.NewId() }));

        await using var agent = await broker.AgentAsync();
        await broker.DeniedAsync(Reason.UnknownToken, agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = TestBroker.NewId(), Cause = "test" }));
    }

    [Fact]
    public async Task Too_many_calls_are_told_when_to_come_again()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");   // 20 calls a second
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Answer()));
        var limited = answers.OfType<BrokerRefusal>().ToList();
        Assert.NotEmpty(limited);
        Assert.All(limited, refusal => Refused.Is(Reason.RateLimited, refusal));
        Assert.All(limited, refusal => Assert.NotNull(refusal.RetryAfter));

        async Task<BrokerRefusal?> Answer()
        {
            try
            {
                await other.Attestation.WhoAmIAsync(new WhoAmIRequest());
                return null;
            }
            catch (RpcException refused)
            {
                return BrokerRefusal.Of(refused);
            }
        }
    }
}
