using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>The decision at the moment of a call, over the wire.</summary>
public sealed class AuthorizeTests(Postgres postgres) : IAsyncLifetime
{
    private TestBroker broker = null!;
    private AgentSession agent = null!;
    private AgentSession backend = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartAsync(postgres);
        agent = await broker.AgentAsync();
        backend = await broker.JoinAsync("backend");
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        await backend.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_call_within_the_grant_is_allowed_until_the_task_ends_and_says_on_whose_behalf()
    {
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));

        var allowed = await AllowedAsync(AuthorizeScene.Request(agent, minted.Token));
        Assert.Equal(
            (minted.Jti, TestCatalog.Agent, "user:alice@example.test", task), (allowed.Jti, allowed.Workload, allowed.Initiator, allowed.TaskId));
        Assert.Empty(allowed.Obligations);
        // A token that is not counted is good for another call.
        await AllowedAsync(AuthorizeScene.Request(agent, minted.Token));

        await agent.Tasks.EndTaskAsync(Story.End(task));
        await NotAllowedAsync(Reason.TaskOver, AuthorizeScene.Request(agent, minted.Token));
    }

    [Fact]
    public async Task A_text_that_no_replica_signed_is_no_token()
    {
        var minted = await agent.MintAsync();
        var parts = minted.Token.Split('.');
        string[] forged = ["x", "a.b.c", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{new string('A', 86)}", $" {minted.Token}", $"{minted.Token}="];

        foreach (var text in forged)
            await broker.Database.NotAllowedAsync(Reason.UnknownToken, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, text)));
    }

    [Fact]
    public async Task A_token_for_another_audience_is_nobody_elses_business()
    {
        var mail = await agent.MintAsync(Story.SendMail());
        var request = AuthorizeScene.Request(agent, mail.Token);
        (request.Tool, request.Action, request.Resource) = ("mail", "send", "customers/7");
        request.Parameters.Clear();

        await broker.Database.NotAllowedAsync(Reason.AudienceNotServed, backend.Tokens.AuthorizeAsync(request));
    }

    [Fact]
    public async Task A_revoked_token_allows_nothing()
    {
        var minted = await agent.MintAsync();
        await AllowedAsync(AuthorizeScene.Request(agent, minted.Token));
        await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" });

        await broker.Database.NotAllowedAsync(Reason.TokenOver, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, minted.Token)));
    }

    [Fact]
    public async Task A_token_whose_key_was_revoked_allows_nothing()
    {
        var minted = await agent.MintAsync();
        await broker.Database.ExecuteAsync("DELETE FROM signing_keys");

        await NotAllowedAsync(Reason.TokenOver, AuthorizeScene.Request(agent, minted.Token));
    }

    [Fact]
    public async Task A_call_that_was_not_granted_is_not_allowed_whatever_else_the_agent_may()
    {
        var minted = await agent.MintAsync();
        AuthorizeRequest Other(Action<AuthorizeRequest> change) => AuthorizeScene.Request(agent, minted.Token).Changed(change);

        await broker.Database.NotAllowedAsync(Reason.CallOutsideGrant, backend.Tokens.AuthorizeAsync(Other(call => call.Resource = "acme/tickets/4712")));
        await NotAllowedAsync(Reason.CallOutsideGrant, Other(call => call.Action = "write"));
        await NotAllowedAsync(Reason.CallOutsideGrant, Other(call => call.Tool = "mail"));
        await NotAllowedAsync(Reason.CallOutsideGrant, Other(call => call.Parameters[0].Text = "closed"));
        await NotAllowedAsync(Reason.CallOutsideGrant, Other(call => call.Parameters.Clear()));
        await NotAllowedAsync(Reason.UnknownParameter, Other(call => call.Parameters.Add(new Argument { Name = "colour", Text = "red" })));
        await AllowedAsync(AuthorizeScene.Request(agent, minted.Token));
    }

    [Fact]
    public async Task A_pattern_that_was_granted_holds_each_call_within_it()
    {
        var minted = await agent.MintAsync(Story.ReadTicket("acme/tickets/*"));

        foreach (var ticket in new[] { "4711", "4712" })
            await AllowedAsync(AuthorizeScene.Request(agent, minted.Token).Changed(call => call.Resource = $"acme/tickets/{ticket}"));
        await NotAllowedAsync(Reason.CallOutsideGrant, AuthorizeScene.Request(agent, minted.Token).Changed(call => call.Resource = "acme/tickets/4711/notes"));
    }

    [Fact]
    public async Task What_the_catalog_allows_no_more_is_not_allowed_from_the_next_call_on()
    {
        const string Allowed = "- { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }";
        var without = TestCatalog.Yaml().Replace(Allowed, "- { tool: mail, actions: [send], resource: others/* }", StringComparison.Ordinal);
        var minted = await agent.MintAsync();

        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without))).Valid);
        await NotAllowedAsync(Reason.ActionNotAllowed, AuthorizeScene.Request(agent, minted.Token));
        Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token })).Active);

        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml()))).Valid);
        await AllowedAsync(AuthorizeScene.Request(agent, minted.Token));
    }

    [Fact]
    public async Task Policies_decide_on_the_call_itself_and_what_they_oblige_to_is_answered_again()
    {
        const string Policies = """
            @id("readers") @obligation("mask the address") permit (principal, action in Action::"read", resource);
            @id("not-13") forbid (principal, action, resource) when { context.phase == "authorize" && context.path like "*/13" };
            """;
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml(), Policies))).Valid);
        var minted = await agent.MintAsync(Story.ReadTicket("acme/tickets/13"));
        await broker.Database.NotAllowedAsync(
            Reason.PolicyDenied, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, minted.Token).Changed(call => call.Resource = "acme/tickets/13")));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>(
            "SELECT count(*) FROM audit_entries WHERE kind = 21 AND payload->'policy'->'evaluations'->0->'deciding'->>0 = 'not-13'"));

        var request = AuthorizeScene.Request(agent, (await agent.MintAsync()).Token);
        var first = await AllowedAsync(request);
        Assert.Equal(["mask the address"], first.Obligations);
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml()))).Valid);
        Assert.Equal(first, await AllowedAsync(request));
        Assert.Empty((await AllowedAsync(AuthorizeScene.Request(agent, request.Token))).Obligations);
    }

    [Fact]
    public async Task A_bearer_token_needs_no_proof_and_the_catalogs_word_at_every_call()
    {
        var bearer = TestCatalog.Yaml().Replace("    data: confidential\n", "    data: confidential\n    bearer: true\n", StringComparison.Ordinal);
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(bearer))).Valid);
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task).Changed(mint => mint.Bearer = true));

        await AllowedAsync(AuthorizeScene.Unproven(minted.Token));
        await NotAllowedAsync(Reason.PresentedProofRefused, AuthorizeScene.Request(agent, minted.Token));
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml()))).Valid);
        await NotAllowedAsync(Reason.BearerNotAllowed, AuthorizeScene.Unproven(minted.Token));
    }

    [Fact]
    public async Task Only_backends_may_ask()
    {
        await using var other = await broker.JoinAsync("other");
        await broker.DeniedAsync(Reason.CallerMayNotCall, other.Tokens.AuthorizeAsync(AuthorizeScene.Unproven((await agent.MintAsync()).Token)));
    }

    [Fact]
    public async Task What_the_backend_wrote_wrongly_is_named_to_it()
    {
        var token = (await agent.MintAsync()).Token;
        async Task RefusedAsync(Reason reason, string field, Action<AuthorizeRequest> change) => Assert.Equal(
            field, (await Refused.AsAsync(reason, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, token).Changed(change)))).Field);

        await RefusedAsync(Reason.FieldMissing, "request_id", call => call.RequestId = "");
        await RefusedAsync(Reason.FieldMissing, "token", call => call.Token = "");
        await RefusedAsync(Reason.FieldTooLong, "token", call => call.Token = new string('x', 8193));
        await RefusedAsync(Reason.FieldMalformed, "proof", call => call.Proof.Uri = "/tickets/4711");
        await RefusedAsync(Reason.FieldMalformed, "proof", call => call.Proof.Method = "");
        await RefusedAsync(Reason.FieldMalformed, "certificate_x5t_s256", call => call.CertificateX5TS256 = "x");
        await RefusedAsync(Reason.FieldMissing, "tool", call => call.Tool = "");
        await RefusedAsync(Reason.FieldMalformed, "action", call => call.Action = "Read");
        await RefusedAsync(Reason.FieldMissing, "resource", call => call.Resource = "");
        await RefusedAsync(Reason.FieldMalformed, "resource", call => call.Resource = "acme/tickets/*");
        await RefusedAsync(Reason.FieldMalformed, "resource", call => call.Resource = "acme/../tickets");
        await RefusedAsync(Reason.FieldMalformed, "parameters[0]", call => call.Parameters[0].ClearValue());
        await RefusedAsync(Reason.FieldMalformed, "parameters[0]", call => call.Parameters[0].Text = new string('x', 257));
        await RefusedAsync(Reason.FieldMalformed, "parameters[0].name", call => call.Parameters[0].Name = "State");
        await RefusedAsync(Reason.DuplicateElement, "parameters", call => call.Parameters.Add(call.Parameters[0].Clone()));
        await RefusedAsync(Reason.TooManyElements, "parameters", call => call.Parameters.Add(Enumerable.Range(0, 32).Select(i => new Argument { Name = $"p{i}", Number = i })));
        Assert.Equal(0L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind IN (20, 21)"));
    }

    private Task NotAllowedAsync(Reason reason, AuthorizeRequest request) => broker.Database.NotAllowedAsync(reason, backend.Tokens.AuthorizeAsync(request));

    private Task<AuthorizeResponse> AllowedAsync(AuthorizeRequest request) => broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(request));
}
