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
    public static async Task<(string First, string Second)> AskAsync(TestBroker broker)
    {
        await using var other = await broker.JoinAsync("other");
        var task = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        return (await AskAsync(1), await AskAsync(2));

        async Task<string> AskAsync(int ticket) => (await Refused.AsAsync(
            Reason.ApprovalRequired, other.Tokens.MintAsync(Story.Mint(task, Story.ReadTicket($"acme/tickets/{ticket}"))))).ApprovalId!;
    }
}
