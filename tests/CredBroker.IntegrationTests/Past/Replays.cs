using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Past;

/// <summary>Replays and candidates of administrators, and what decisions they are about.</summary>
internal static class Replays
{
    public const string Policies = """
        @id("work") permit (principal, action in [Action::"read", Action::"write"], resource);
        @id("no-egress") forbid (principal, action in Action::"egress", resource) when { context.task.history.data.contains("confidential") };
        """;

    /// <summary>A catalog in which somebody may approve, and two more agents have room to work.</summary>
    public static string Yaml() => IntegrationTests.Tasks.Delegations.Yaml() + """

        admins:
          ada: { uid: 60001, roles: [approver] }
        approver_groups:
          sre: [ada]
        """;

    /// <summary>What a replay says in the end, with all that was told on the way.</summary>
    public static async Task<SimulateResponse> ReplayAsync(this TestBroker broker, SimulateRequest request)
    {
        var whole = new SimulateResponse();
        using var stream = broker.OverSocket().Admin.Simulate(request, cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var message in stream.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.False(whole.Done, "nothing comes after the last message");
            message.Changes.AddRange(whole.Changes.ToList());
            whole = message;
        }

        Assert.True(whole.Done);
        return whole;
    }

    /// <summary>A replay of the last hour.</summary>
    public static SimulateRequest Under(string yaml, string policies) => new()
    {
        Since = Duration.FromTimeSpan(TimeSpan.FromHours(1)), Files = { TestCatalog.Apply(yaml, policies).Files },
    };

    /// <summary>A candidate.</summary>
    public static StartShadowRequest Shadow(string yaml, string policies) => new()
    {
        RequestId = TestBroker.NewId(), Files = { TestCatalog.Apply(yaml, policies).Files },
    };

    /// <summary>The candidate, once so many decisions were put to it.</summary>
    public static async Task<Shadow> ShadowAsync(this TestBroker broker, int decisions)
    {
        var shadow = new Shadow();
        await TestDatabase.UntilAsync(async () =>
        {
            shadow = (await broker.OverSocket().Admin.ShowShadowAsync(new ShowShadowRequest())).Shadow;
            return shadow.Totals.Decisions >= decisions;
        });
        Assert.Equal(decisions, shadow.Totals.Decisions);
        return shadow;
    }

    /// <summary>Whether a token is got.</summary>
    public static async Task<bool> MintsAsync(this AgentSession agent, string task, Capability? capability = null)
    {
        try
        {
            await agent.Tokens.MintAsync(Story.Mint(task, capability));
            return true;
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            return false;
        }
    }

    /// <summary>The counts, one to a line: <c>Mint Allowed Denied 3</c>.</summary>
    public static string[] Lines(this ReplayTotals totals) =>
        [.. totals.Changed.Select(one => $"{one.Phase} {one.Was} {one.WouldBe} {one.Count}"), .. totals.Untold.Select(one => $"{one.Missing} {one.Count}")];

    /// <summary>Seven mints, of which two are denied, two uses, one denied, and a delegation.</summary>
    public static async Task HappenAsync(TestBroker broker)
    {
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        Assert.True(await agent.MintsAsync(task, Story.SendMail()));
        Assert.True(await agent.MintsAsync(task));
        Assert.False(await agent.MintsAsync(task, Story.SendMail()));
        Assert.False(await agent.MintsAsync(task, Story.Release()));
        var token = (await agent.Tokens.MintAsync(Story.Mint(task))).Token;
        Assert.True((await backend.Tokens.AuthorizeAsync(Tokens.AuthorizeScene.Request(agent, token))).Allowed);
        Assert.False((await backend.Tokens.AuthorizeAsync(Tokens.AuthorizeScene.Unproven(token))).Allowed);
        var child = (await agent.Tasks.DelegateTaskAsync(IntegrationTests.Tasks.Delegations.Delegate(task))).Task.TaskId;
        await using var helper = await broker.JoinAsync("helper");
        await helper.Tasks.AcceptTaskAsync(IntegrationTests.Tasks.Delegations.Accept(child));
        Assert.True(await helper.MintsAsync(child));
        await agent.Tasks.EndTaskAsync(Story.End(task));
        Assert.False(await agent.MintsAsync(task));
    }
}
