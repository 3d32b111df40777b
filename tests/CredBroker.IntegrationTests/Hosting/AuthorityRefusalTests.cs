using CredBroker.Core;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.Server.Storage;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Npgsql;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Each Reason of authority that needs more than one call to come about.</summary>
public sealed class AuthorityRefusalTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_parameter_that_the_catalog_leaves_open_is_held_by_the_envelope()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        var task = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30)))).Task.TaskId;

        var closed = Story.ReadTicket().Only(Story.OneOf("state", "closed"));
        await broker.DeniedAsync(Reason.ParameterOutsideEnvelope, other.Tokens.MintAsync(Story.Mint(task, closed)));
        Assert.NotEmpty((await other.Tokens.MintAsync(Story.Mint(task))).Token);
    }

    [Fact]
    public async Task A_task_that_is_over_mints_nothing_and_beats_no_more()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var ended = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await agent.Tasks.EndTaskAsync(Story.End(ended));
        await broker.DeniedAsync(Reason.TaskOver, agent.Tokens.MintAsync(Story.Mint(ended)));
        await broker.DeniedAsync(Reason.TaskOver, agent.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = ended }));

        // Past its deadline, whether or not the job that ends such tasks has come by.
        var late = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await broker.Database.ExecuteAsync("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1", Guid.Parse(late));
        await broker.DeniedAsync(Reason.TaskOver, agent.Tokens.MintAsync(Story.Mint(late)));
    }

    [Fact]
    public async Task A_task_that_waits_for_its_workload_mints_nothing()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await broker.Database.ExecuteAsync("UPDATE tasks SET state = 0 WHERE id = $1", Guid.Parse(task));

        await broker.DeniedAsync(Reason.TaskWaiting, agent.Tokens.MintAsync(Story.Mint(task)));
    }

    [Fact]
    public async Task Nobody_revokes_the_token_of_another()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");
        var minted = await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId));

        await broker.DeniedAsync(Reason.NotYourToken, other.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" }));
        await broker.DeniedAsync(Reason.NotYourToken, other.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Token = minted.Token, Cause = "test" }));
        Assert.False((await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" })).AlreadyInactive);
    }

    [Fact]
    public async Task A_workload_that_leaves_the_catalog_while_it_is_decided_on_is_denied_by_the_new_one()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        await using var held = await broker.Database.DataSource.OpenConnectionAsync(Ct);
        await using var catalogLock = await held.BeginTransactionAsync(Ct);
        await using (var take = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({AdvisoryLocks.CatalogHead})", held, catalogLock))
            await take.ExecuteNonQueryAsync(Ct);

        // The new catalog is first in the queue for the lock, the start that was authenticated under the old one comes behind it.
        var without = TestCatalog.Yaml().Replace(TestCatalog.Other, $"{TestCatalog.Other}/2", StringComparison.Ordinal);
        var applied = broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without));
        await broker.Database.SomebodyWaitsForALockAsync();
        var start = other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30)));
        await broker.Database.SomebodyWaitsForALockAsync(howMany: 2);
        await catalogLock.RollbackAsync(Ct);

        await broker.DeniedAsync(Reason.UnknownWorkload, start);
        Assert.True((await applied).Valid);
    }

    [Fact]
    public async Task An_administrator_without_the_role_is_told_so_and_recorded()
    {
        var now = TimeProvider.System.GetUtcNow();
        var root = ForgeAuthority.Root("example.org", around: now);
        await using var broker = await AttestationBroker.StartAsync(postgres, """
            trust_domains:
              example.org:
                x509: {bundle_file: example.pem}
            admins:
              olga: {spiffe_id: "spiffe://example.org/olga", roles: [viewer]}
            """, ("example.pem", root.Certificate.ExportCertificatePem()));
        using var certificate = new ForgeSvid { NotBefore = now.AddMinutes(-5), NotAfter = now.AddHours(1), Uris = ["spiffe://example.org/olga"] }.Issue(root);
        var olga = broker.OverTls(certificate).Admin;

        var refusal = await Refused.AsAsync(Reason.RoleMissing, olga.RevokeAsync(new RevokeRequest { RequestId = TestBroker.NewId(), Everything = true, Cause = "test" }));
        Assert.Equal(nameof(Reason.RoleMissing), await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(refusal.DecisionId!)));
        Assert.Empty((await olga.ListTasksAsync(new ListTasksRequest())).Tasks);
    }
}
