using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.V1;
using Capability = CredBroker.V1.Capability;
using Task = System.Threading.Tasks.Task;
using TaskState = CredBroker.Core.Tasks.TaskState;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>
/// Random policies over history, random asks at the same moment, on two replicas: what was granted is what they would have granted one
/// after the other, in some order.
/// </summary>
public sealed class HistoryPropertyTests(Postgres postgres)
{
    private const int Seeds = 8;
    private const int Asks = 14;

    private static readonly Capability[] s_capabilities =
    [
        Story.ReadTicket(), Story.ReadTicket("acme/tickets/2"), Story.SendMail(), new() { Tool = "tickets", Action = "write", Resource = "acme/support/1" },
    ];

    [Fact]
    public async Task What_is_granted_at_once_could_have_been_granted_one_after_the_other()
    {
        await using var one = await TestBroker.StartAsync(postgres);
        await using var two = await TestBroker.StartAsync(one.Database);
        await using var atOne = await one.AgentAsync();
        await using var atTwo = await two.AgentAsync();
        var (granted, denied) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Chance(seed);
            var policies = PoliciesOf(random);
            var apply = TestCatalog.Apply(TestCatalog.Yaml(), policies);
            var applied = await one.OverSocket().Admin.ApplyCatalogAsync(apply);
            Assert.True(applied.Valid, $"{policies}\n{string.Join('\n', applied.Problems)}");
            var task = (await atOne.Tasks.StartTaskAsync(Story.Start(
                [Story.ReadTicket("acme/**"), Story.SendMail(), new() { Tool = "tickets", Action = "write", Resource = "acme/support/*" }]))).Task.TaskId;

            var asks = Enumerable.Range(0, Asks).Select(_ => (At: random.Below(2) == 0 ? atOne : atTwo, Capability: s_capabilities[random.Below(s_capabilities.Length)])).ToList();
            var answers = await Task.WhenAll(asks.Select(ask => ask.At.MintsAsync(task, ask.Capability)));

            granted += answers.Count(yes => yes);
            denied += answers.Count(yes => !yes);
            await SomeOrderAllowsAsync(one, task, CatalogOf(apply), policies);
            await atOne.Tasks.EndTaskAsync(Story.End(task));
        }

        Assert.True(granted > Seeds && denied > Seeds, $"{granted} granted and {denied} denied tell too little");
    }

    private static string PoliciesOf(Chance random)
    {
        var n = random.Below(4) + 1;
        string[] rules =
        [
            """forbid (principal, action in Action::"egress", resource) when { context.task.history.data.contains("confidential") };""",
            """forbid (principal, action == Action::"tickets.read", resource) when { context.task.history.egress };""",
            """forbid (principal, action == Action::"tickets.write", resource) unless { context.task.history.tools.contains("tickets") };""",
            $$"""forbid (principal, action in Action::"write", resource) when { context.task.history.writes >= {{n}} };""",
            $$"""forbid (principal, action in Action::"read", resource) when { context.task.history.reads >= context.task.history.writes + {{n}} };""",
            $$"""forbid (principal, action == Action::"mail.send", resource) when { context.task.history.by_tool.tickets < {{n}} };""",
            $$"""forbid (principal, action, resource) when { context.task.issued >= {{n + 3}} };""",
        ];
        return string.Join('\n', Enumerable.Range(0, 2).Select(_ => rules[random.Below(rules.Length)]).Append("permit (principal, action, resource);"));
    }

    // Grants that rest on one version of the history commute, but for the one that moved it, which comes last.
    private static async Task SomeOrderAllowsAsync(TestBroker broker, string task, BrokerCatalog catalog, string policies)
    {
        var rows = await broker.Database.ColumnAsync<string>(
            "SELECT concat_ws('|', decided_history, tool, action, resource, parameters) FROM tokens WHERE task_id = $1 ORDER BY decided_history", Guid.Parse(task));
        var facts = Start(task);
        foreach (var version in rows.Select(Granted).GroupBy(grant => grant.Version).OrderBy(group => group.Key))
        {
            var order = version.OrderBy(grant => HistoryLabels.AddedBy(RuleOf(catalog, grant.Capability), facts.History).Length).ToList();
            Assert.True(!catalog.Policies.ReadCounts || order.Count == 1, $"two grants rest on version {version.Key}, and counts are read:\n{policies}");
            foreach (var (_, capability) in order)
            {
                var question = new PolicyQuestion { Phase = PolicyPhase.Mint, Workload = facts.Workload, AttestedBy = EvidenceKind.UnixPeer, Task = facts, Capability = capability };
                var judgement = Judging.Judge(catalog.Policies, question, DateTimeOffset.UnixEpoch);
                Assert.True(judgement is Judgement.Allowed, $"{capability.Tool}.{capability.Action} on version {version.Key} after {string.Join(' ', facts.History)}, {facts.Spent}:\n{policies}");
                facts = After(facts, RuleOf(catalog, capability));
            }
        }
    }

    private static (int Version, Core.Capabilities.Capability Capability) Granted(string row)
    {
        var parts = row.Split('|');
        Assert.True(CapabilityJson.TryParse(parts[1], parts[2], parts[3], parts[4], out var capability));
        return (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), capability!);
    }

    private static TaskFacts Start(string task)
    {
        Assert.True(TaskId.TryParse(task, out var id) && SpiffeId.TryParse(TestCatalog.Agent, out _));
        Assert.True(CapabilityJson.TryParse("""[{"tool":"tickets","action":"read","resource":"acme/**"}]""", out Envelope? envelope));
        return new()
        {
            Id = id, Root = id, Workload = SpiffeId.TryParse(TestCatalog.Agent, out var workload) ? workload : default, Above = [], Initiator = "i", Intent = "i",
            CreatedAt = DateTimeOffset.UnixEpoch, State = TaskState.Active, Deadline = DateTimeOffset.MaxValue, HeartbeatDue = null, Envelope = envelope!,
            Budget = 1000, Spent = 0, History = [], Granted = GrantCounts.None, HistoryVersion = 0,
        };
    }

    private static TaskFacts After(TaskFacts facts, ActionRule rule) => facts with
    {
        Spent = facts.Spent + 1,
        History = facts.History.AddRange(HistoryLabels.AddedBy(rule, facts.History)),
        Granted = facts.Granted with
        {
            Reads = facts.Granted.Reads + (rule.Risk == RiskClass.Read ? 1 : 0),
            Writes = facts.Granted.Writes + (rule.Risk == RiskClass.Write ? 1 : 0),
            ByTool = facts.Granted.ByTool.SetItem(rule.Tool.ToString(), facts.Granted.Of(rule.Tool.ToString()) + 1),
        },
    };

    private static ActionRule RuleOf(BrokerCatalog catalog, Core.Capabilities.Capability capability) => catalog.FindAction(capability.Tool, capability.Action).Rule!;

    private static BrokerCatalog CatalogOf(ApplyCatalogRequest apply) =>
        Assert.IsType<CatalogReading.Valid>(CatalogReader.Read(apply.Files.Select(file => (file.Name, file.Content.Memory)))).Catalog;

    /// <summary>Chance that can be repeated: a linear congruential generator, Knuth's MMIX constants.</summary>
    private sealed class Chance(int seed)
    {
        private ulong _state = (ulong)seed * 7919;

        public int Below(int limit)
        {
            _state = unchecked((_state * 6364136223846793005UL) + 1442695040888963407UL);
            return (int)((_state >> 33) % (uint)limit);
        }
    }
}
