using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

public sealed class LifeOfATokenTests(Postgres postgres)
{
    [Fact]
    public async Task Attested_by_the_kernel_an_agent_mints_a_token_that_a_backend_finds_active_until_the_task_ends()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        Assert.Equal(TestCatalog.Agent, agent.Identity.SpiffeId);
        await using var backend = await broker.JoinAsync("backend");

        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task;
        Assert.Equal(task, (await agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task.TaskId })).Task);
        var minted = await agent.Tokens.MintAsync(Story.Mint(task.TaskId));
        Assert.Equal("DPoP", minted.TokenType);

        var active = await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token });
        Assert.True(active.Active);
        Assert.Equal((TestCatalog.Agent, TestCatalog.Audience, minted.Jti, task.TaskId), (active.ClientId, active.Aud, active.Jti, active.TaskId));
        Assert.Equal("acme/tickets/4711", active.Capability.Resource);

        var standing = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
        Assert.Equal([minted.Jti], standing.Credentials.Select(credential => credential.Jti));

        var ended = await agent.Tasks.EndTaskAsync(Story.End(task.TaskId));
        Assert.False(ended.AlreadyEnded);
        Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token }));

        var denied = await Assert.ThrowsAsync<RpcException>(async () => await agent.Tokens.MintAsync(Story.Mint(task.TaskId)));
        Assert.Equal((StatusCode.PermissionDenied, "denied"), (denied.StatusCode, denied.Status.Detail));
        Assert.Empty((await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials);
    }
}
