using System.Text.Json;
using CredBroker.Core;
using CredBroker.IntegrationTests.Approvals;
using CredBroker.IntegrationTests.Tasks;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Interop;

/// <summary>Clients that we did not write delegate and ask for approvals: over the Unix socket, with DPoP proofs of their own, and over mTLS.</summary>
public sealed class ForeignClientTests(Postgres postgres)
{
    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Work_goes_down_a_chain_and_its_token_names_all_who_were_attested(string language)
    {
        await ForeignClient.SkipWithoutAsync(language);
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Delegations.Yaml());

        var saw = await ForeignClient.PlayAsync<SeenDelegation>(language, "delegation", new
        {
            socket = broker.SocketAddress, tcp = broker.TcpAddress, helper = await broker.JoinTokenAsync("helper"),
            second = await broker.JoinTokenAsync("second"), backend = await broker.JoinTokenAsync("backend"),
        });

        await saw.Early.IsDeniedAsync(Reason.TaskWaiting, broker.Database);
        Assert.Equal([TaskState.Waiting, TaskState.Active, TaskState.Active], saw.States);
        Assert.Equal([false, true], saw.Again);
        Assert.Equal((true, TestCatalog.Agent, Delegations.Second), (saw.Active.Active, saw.Active.Sub, saw.Active.ClientId));
        Assert.Equal((saw.Grandchild, saw.Root), (saw.Active.TaskId, saw.Active.Txn));
        Assert.Equal(
            $$$"""{"sub":"{{{Delegations.Second}}}","act":{"sub":"{{{Delegations.Helper}}}"}}""",
            JsonSerializer.Serialize(saw.Claims.GetProperty("act")));
        Assert.Equal((TestCatalog.Agent, Delegations.Second), (saw.Claims.GetProperty("sub").GetString(), saw.Claims.GetProperty("client_id").GetString()));
        Assert.Equal((2, false), (saw.Ended, saw.Afterwards));
        Assert.Equal(
            [saw.Root, saw.Child], await broker.Database.ColumnAsync<string>("SELECT parent_id::text FROM tasks WHERE parent_id IS NOT NULL ORDER BY id"));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task A_refusal_names_the_approval_that_a_person_gives_and_a_token_uses(string language)
    {
        await ForeignClient.SkipWithoutAsync(language);
        await using var broker = await ApprovalBroker.StartAsync(postgres);
        var (certificate, key) = broker.PemOf("ada");

        var saw = await ForeignClient.PlayAsync<SeenApproval>(language, "approvals", new
        {
            tls = broker.TlsAddress, roots = broker.ServerCertificate, certificate, key, agent = await broker.JoinTokenAsync("agent"),
        });

        saw.Asked.Is(Reason.ApprovalRequired);
        Assert.Equal((saw.Approval, "sre"), (saw.Asked.Metadata["approval_id"], saw.Asked.Metadata["groups"]));
        Assert.Contains("\"resource\":\"helpdesk\"", saw.Asked.Metadata["covers"], StringComparison.Ordinal);
        Assert.Equal([ApprovalState.Pending, ApprovalState.Approved], saw.States);
        Assert.Equal(Enumerable.Repeat(saw.Approval, 32), saw.Pending);
        saw.Crowded.Is(Reason.TooManyStreams);
        Assert.Equal(5, saw.Crowded.Retry);
        Assert.Equal((int)Grpc.Core.StatusCode.Cancelled, saw.Cancelled);
        saw.Wordless.Is(Reason.FieldMissing);
        Assert.Equal("reason", saw.Wordless.Metadata["field"]);
        Assert.Equal(["reason"], saw.Wordless.Fields);
        Assert.Equal(["ada", "looked at the diff"], Assert.Single(saw.Votes));
        Assert.Equal(saw.Minted, saw.Used);
        await saw.Over.IsDeniedAsync(Reason.ApprovalOver, broker.Database);
        var approval = await broker.FindAsync(saw.Approval);
        Assert.Equal((ApprovalState.Used, saw.Minted), (approval.State, approval.Jti));
    }
}
