using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Tokens;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>What came of a call: on record with whose word it is, and nothing else.</summary>
public sealed class RecordResultTests(Postgres postgres) : IAsyncLifetime
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
    public async Task The_enforcement_point_and_the_agent_are_told_apart_also_when_all_is_over()
    {
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));
        await agent.Tasks.EndTaskAsync(Story.End(task));

        Assert.False((await backend.Tasks.RecordResultAsync(Result(minted.Jti, "404 Not Found").Changed(result => result.Outcome = Outcome.Failed))).SelfReported);
        Assert.True((await agent.Tasks.RecordResultAsync(Result(minted.Jti, "The printer prints only on Tuesdays"))).SelfReported);

        Assert.Equal(
            [
                $"{TestCatalog.Backend} enforcement_point Failed 404 Not Found",
                $"{TestCatalog.Agent} agent Completed The printer prints only on Tuesdays",
            ],
            await RecordedAsync());
        Assert.Equal(2L, await broker.Database.ScalarAsync<long>(
            "SELECT count(*) FROM audit_entries WHERE kind = 22 AND task_id = $1 AND payload->>'jti' = $2", Guid.Parse(task), minted.Jti));
    }

    [Fact]
    public async Task A_result_is_recorded_once_for_each_request()
    {
        var minted = await agent.MintAsync();
        var result = Result(minted.Jti);

        Assert.Equal(await backend.Tasks.RecordResultAsync(result), await backend.Tasks.RecordResultAsync(result));
        await Refused.AsAsync(Reason.RequestIdReused, backend.Tasks.RecordResultAsync(result.Clone().Changed(other => other.Outcome = Outcome.Failed)));
        Assert.Single(await RecordedAsync());
    }

    [Fact]
    public async Task Nobody_records_a_result_of_what_is_not_theirs()
    {
        await using var other = await broker.JoinAsync("other");
        var (ticket, mail) = (await agent.MintAsync(), await agent.MintAsync(Story.SendMail()));

        await broker.DeniedAsync(Reason.UnknownToken, backend.Tasks.RecordResultAsync(Result(TestBroker.NewId())));
        await broker.DeniedAsync(Reason.NotYourToken, other.Tasks.RecordResultAsync(Result(ticket.Jti)));
        await broker.DeniedAsync(Reason.AudienceNotServed, backend.Tasks.RecordResultAsync(Result(mail.Jti)));
        Assert.Empty(await RecordedAsync());
    }

    [Fact]
    public async Task A_fragment_is_kept_as_prompt_fragments_are()
    {
        var minted = await agent.MintAsync();
        await backend.Tasks.RecordResultAsync(Result(minted.Jti, "token=abcdef12"));
        Assert.Equal([$"{TestCatalog.Backend} enforcement_point Completed token=[scrubbed]"], await RecordedAsync());

        var digest = "prompts: { store: digest }\n" + TestCatalog.Yaml();
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(digest))).Valid);
        await backend.Tasks.RecordResultAsync(Result(minted.Jti, "token=abcdef12"));
        Assert.StartsWith($"{TestCatalog.Backend} enforcement_point Completed hmac-sha256:", (await RecordedAsync())[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_are_wrong_are_named()
    {
        var minted = await agent.MintAsync();
        async Task RefusedAsync(Reason reason, string field, Action<RecordResultRequest> change) =>
            Assert.Equal(field, (await Refused.AsAsync(reason, backend.Tasks.RecordResultAsync(Result(minted.Jti).Changed(change)))).Field);

        await RefusedAsync(Reason.FieldMissing, "request_id", result => result.RequestId = "");
        await RefusedAsync(Reason.FieldMissing, "jti", result => result.Jti = "");
        await RefusedAsync(Reason.FieldMalformed, "jti", result => result.Jti = "x");
        await RefusedAsync(Reason.FieldMalformed, "outcome", result => result.Outcome = Outcome.Unspecified);
        await RefusedAsync(Reason.FieldTooLong, "result_fragment", result => result.ResultFragment = new string('x', 4097));
        await RefusedAsync(Reason.FieldMalformed, "result_fragment", result => result.ResultFragment = "\0");
    }

    private static RecordResultRequest Result(string jti, string fragment = "") =>
        new() { RequestId = TestBroker.NewId(), Jti = jti, Outcome = Outcome.Completed, ResultFragment = fragment };

    private Task<IReadOnlyList<string>> RecordedAsync() => broker.Database.ColumnAsync<string>("""
        SELECT concat_ws(' ', payload->>'by', payload->>'source', payload->>'outcome', payload->>'result_fragment')
        FROM audit_entries WHERE kind = 22 ORDER BY id
        """);
}
