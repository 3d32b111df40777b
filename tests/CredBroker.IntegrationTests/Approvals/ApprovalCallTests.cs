using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Tokens;
using CredBroker.V1;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>Calls with tokens that were minted on an approval: its yes holds at the call too, as long as those who said it have a say.</summary>
public sealed class ApprovalCallTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly Uri Endpoint = new("https://deploy.example.org/releases");
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private ApprovalBroker broker = null!;
    private AgentSession backend = null!;
    private string task = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await ApprovalBroker.StartAsync(postgres);
        backend = await broker.JoinAsync("backend");
        task = await broker.TaskAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_was_approved_is_allowed_once_and_its_record_names_the_approval()
    {
        var id = await broker.ApprovedAsync(task);
        var token = (await broker.UseAsync(task, id)).Token;

        await NotAllowedAsync(Reason.CallOutsideGrant, Call(token).Changed(call => call.Resource = "payroll"));
        var allowed = await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(Call(token), cancellationToken: Ct));
        Assert.Equal((id, "true"), (
            await broker.Database.ScalarAsync<string>("SELECT payload->>'approval' FROM audit_entries WHERE kind = 20"),
            await broker.Database.ScalarAsync<string>(
                "SELECT payload->'policy'->'evaluations'->0->>'approved' FROM audit_entries WHERE decision_id = $1", Guid.Parse(allowed.DecisionId))));
        await NotAllowedAsync(Reason.UsesSpent, Call(token));
    }

    [Fact]
    public async Task Whoever_approved_has_to_have_a_say_still_and_the_policies_to_allow_it()
    {
        var token = (await broker.UseAsync(task, await broker.ApprovedAsync(task))).Token;

        await broker.ApplyAsync(sre: "[ben]");
        await NotAllowedAsync(Reason.ApprovalNotEnough, Call(token));
        await broker.ApplyAsync(policies: Policies.Replace("sre", "security", StringComparison.Ordinal));
        await NotAllowedAsync(Reason.ApprovalNotEnough, Call(token));
        await broker.ApplyAsync("{ quorum: { sre: 2 } }");
        await NotAllowedAsync(Reason.ApprovalNotEnough, Call(token));
        await broker.ApplyAsync(policies: Policies + """forbid (principal, action in Action::"privileged", resource) when { context.phase == "authorize" };""");
        await NotAllowedAsync(Reason.PolicyDenied, Call(token));

        await broker.ApplyAsync();
        await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(Call(token), cancellationToken: Ct));
    }

    [Fact]
    public async Task A_token_that_nobody_approved_is_good_for_nothing_that_needs_an_approval_now()
    {
        var token = (await broker.Agent.Tokens.MintAsync(Story.Mint(task, Read()), cancellationToken: Ct)).Token;
        var call = Call(token).Changed(request => (request.Tool, request.Action, request.Resource) = ("tickets", "read", "tickets/1"));
        call.Parameters.Clear();

        await broker.ApplyAsync(policies: """@approvers("sre") permit (principal, action, resource) when { context.approved };""");
        await NotAllowedAsync(Reason.ApprovalRequired, call);
    }

    private AuthorizeRequest Call(string token) => new()
    {
        RequestId = TestBroker.NewId(), Token = token, Tool = "deploy", Action = "release", Resource = "helpdesk",
        Parameters = { new Argument { Name = "version", Text = "1.2" } },
        Proof = new PresentedProof { Dpop = broker.Agent.ProofFor("POST", Endpoint, token), Method = "POST", Uri = Endpoint.AbsoluteUri },
    };

    private Task NotAllowedAsync(Reason reason, AuthorizeRequest request) =>
        broker.Database.NotAllowedAsync(reason, backend.Tokens.AuthorizeAsync(request, cancellationToken: Ct));
}
