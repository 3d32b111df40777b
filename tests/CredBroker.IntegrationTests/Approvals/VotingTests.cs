using CredBroker.Core;
using CredBroker.V1;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>Who decides, how many of them, and how fast.</summary>
public sealed class VotingTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_an_approver_of_a_group_that_the_policy_names_decides()
    {
        await using var broker = await StartAsync(postgres);
        var id = await broker.AskAsync(await broker.TaskAsync());

        await broker.AsAsync(Reason.NotAnApprover, broker.As("dan").Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct));
        await Hosting.Refused.AsAsync(Reason.RoleMissing, broker.As("olga").Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct));
        await broker.AsAsync(Reason.UnknownApproval, broker.As("ada").Approvals.DecideApprovalAsync(Decide(TestBroker.NewId()), cancellationToken: Ct));
        await Hosting.Refused.AsAsync(Reason.FieldMissing, broker.As("ada").Approvals.DecideApprovalAsync(
            Decide(id).Changed(decide => decide.Reason = ""), cancellationToken: Ct));
        Assert.Equal(ApprovalState.Pending, await broker.StateAsync(id));
    }

    [Fact]
    public async Task A_quorum_is_of_different_people_and_one_no_is_enough()
    {
        await using var broker = await StartAsync(postgres, "{ quorum: { sre: 2 } }");
        var task = await broker.TaskAsync();
        var (first, second) = (await broker.AskAsync(task), await broker.AskAsync(task, Release("payroll")));
        var ada = broker.As("ada");

        var vote = Decide(first, second);
        Assert.All((await ada.Approvals.DecideApprovalAsync(vote, cancellationToken: Ct)).Approvals, approval => Assert.Equal(ApprovalState.Pending, approval.State));
        Assert.Equal(2, (await ada.Approvals.DecideApprovalAsync(vote, cancellationToken: Ct)).VotesLastHour);   // the same request, answered again
        await broker.AsAsync(Reason.AlreadyVoted, ada.Approvals.DecideApprovalAsync(Decide(first), cancellationToken: Ct));
        await broker.DeniedAsync(Reason.ApprovalNotGiven, broker.UseAsync(task, first));

        var ben = broker.As("ben");
        Assert.Equal(ApprovalState.Approved, (await ben.Approvals.DecideApprovalAsync(Decide(first), cancellationToken: Ct)).Approvals[0].State);
        Assert.Equal(ApprovalState.Denied, (await ben.Approvals.DecideApprovalAsync(Deny(second), cancellationToken: Ct)).Approvals[0].State);
        Assert.NotEmpty((await broker.UseAsync(task, first)).Token);
        await broker.DeniedAsync(Reason.ApprovalOver, broker.UseAsync(task, second, Release("payroll")));
    }

    [Fact]
    public async Task A_policy_can_want_more_than_the_catalog()
    {
        await using var broker = await StartAsync(postgres, policies: Policies.Replace("""@approvers("sre")""", """@approvers("sre") @quorum("2")""", StringComparison.Ordinal));

        Assert.Equal(2, (await broker.FindAsync(await broker.AskAsync(await broker.TaskAsync()))).Quorum);
    }

    [Fact]
    public async Task Several_are_decided_all_or_none()
    {
        await using var broker = await StartAsync(postgres);
        var (task, second) = (await broker.TaskAsync(), await broker.TaskAsync());
        var (a, b, c) = (await broker.AskAsync(task), await broker.AskAsync(task, Release("payroll")), await broker.AskAsync(second));
        var ada = broker.As("ada");

        await ada.Approvals.DecideApprovalAsync(Deny(b), cancellationToken: Ct);
        await broker.AsAsync(Reason.ApprovalOver, ada.Approvals.DecideApprovalAsync(Decide(a, b), cancellationToken: Ct));
        await broker.AsAsync(Reason.UnknownApproval, broker.VoteAsync("ada", a, TestBroker.NewId()));
        await Hosting.Refused.AsAsync(Reason.FieldMalformed, ada.Approvals.DecideApprovalAsync(Decide(a, c), cancellationToken: Ct));
        await Hosting.Refused.AsAsync(Reason.DuplicateElement, ada.Approvals.DecideApprovalAsync(Decide(a, a), cancellationToken: Ct));

        Assert.Equal(ApprovalState.Pending, await broker.StateAsync(a));
        Assert.Equal(1, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM approval_votes"));
    }

    [Fact]
    public async Task An_approver_votes_so_often_in_an_hour_and_sees_how_often()
    {
        await using var broker = await StartAsync(postgres, "{ per_approver_per_hour: 3 }");
        var task = await broker.TaskAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await broker.AskAsync(task, Release($"service-{i}")));
        var ada = broker.As("ada");

        await ada.Approvals.DecideApprovalAsync(Decide(ids[0], ids[1]), cancellationToken: Ct);
        var refusal = await Hosting.Refused.AsAsync(Reason.TooManyVotes, ada.Approvals.DecideApprovalAsync(Decide(ids[2], ids[3]), cancellationToken: Ct));
        Assert.Contains("at most 3", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.RetryAfter);
        var seen = await ada.Approvals.ListApprovalsAsync(new() { State = ApprovalState.Pending }, cancellationToken: Ct);
        Assert.Equal((3, 2, 3), (seen.Approvals.Count, seen.VotesLastHour, seen.VotesPerHour));

        await broker.Database.ExecuteAsync("UPDATE approval_votes SET voted_at = voted_at - interval '1 hour'");
        await ada.Approvals.DecideApprovalAsync(Decide(ids[2], ids[3], ids[4]), cancellationToken: Ct);
        Assert.Equal(1, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE payload->>'reason' = 'TooManyVotes'"));
    }

    [Fact]
    public async Task Votes_that_come_at_once_are_counted_one_by_one()
    {
        await using var broker = await StartAsync(postgres, "{ per_approver_per_hour: 3 }");
        var ids = new List<string>();
        for (var i = 0; i < 8; i++) ids.Add(await broker.AskAsync(await broker.TaskAsync()));
        var ada = broker.As("ada");

        await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                await ada.Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct);
            }
            catch (Grpc.Core.RpcException)
            {
                // One of the five that are too many.
            }
        }));

        Assert.Equal(3, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM approval_votes"));
        Assert.Equal(3, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM approvals WHERE state = 2"));
    }
}
