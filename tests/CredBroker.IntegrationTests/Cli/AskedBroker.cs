using System.Globalization;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>A broker whose policies want an approval for every ticket that is read, with the test process as the one who gives it.</summary>
internal static class AskedBroker
{
    private const string Policies = """
        @approvers("sre") permit (principal, action in Action::"read", resource) when { context.approved };
        """;

    public static Task<TestBroker> StartAsync(Postgres postgres) => TestBroker.StartAsync(
        postgres,
        catalog: TestCatalog.Yaml().Replace("max_time_to_live: 1m", "max_time_to_live: 1h", StringComparison.Ordinal) + string.Create(CultureInfo.InvariantCulture, $$"""

            admins:
              ada: { uid: {{Attestation.AttestationBroker.Me}}, roles: [approver, viewer] }
            approver_groups:
              sre: [ada]
            """),
        policies: Policies);

    /// <summary>Two approvals of one task of another workload.</summary>
    public static async Task<(string First, string Second)> AskOtherAsync(TestBroker broker)
    {
        await using var other = await broker.JoinAsync("other");
        var task = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        return (await AskAsync(1), await AskAsync(2));

        async Task<string> AskAsync(int ticket) => (await Refused.AsAsync(
            Reason.ApprovalRequired, other.Tokens.MintAsync(Story.Mint(task, Story.ReadTicket($"acme/tickets/{ticket}"))))).ApprovalId!;
    }

    /// <summary>
    /// A task of the workload that the test process is, and two approvals of it: Ada, who is the same process and may not, is made to have
    /// said yes to the first and no to the second.
    /// </summary>
    public static async Task<(string Task, string Given, string Refused)> AskOwnAsync(TestBroker broker)
    {
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        return (task, await AskAsync(7, yes: true), await AskAsync(8, yes: false));

        async Task<string> AskAsync(int ticket, bool yes)
        {
            var id = (await Refused.AsAsync(
                Reason.ApprovalRequired, agent.Tokens.MintAsync(Story.Mint(task, Story.ReadTicket($"acme/own/{ticket}"))))).ApprovalId!;
            await broker.Database.ExecuteAsync("INSERT INTO approval_votes (approval_id, approver, approves, reason) VALUES ($1, 'ada', $2, 'test')", Guid.Parse(id), yes);
            await broker.Database.ExecuteAsync("UPDATE approvals SET state = $2, decided_at = clock_timestamp() WHERE id = $1", Guid.Parse(id), (short)(yes ? 2 : 3));
            return id;
        }
    }
}
