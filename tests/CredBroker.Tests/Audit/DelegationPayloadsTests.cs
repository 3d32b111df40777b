using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Audit;

/// <summary>The exact text of what the record says of delegation.</summary>
public sealed class DelegationPayloadsTests
{
    private const string Envelope =
        """[{"tool":"github.issues","action":"read","resource":"acme/api/*"},{"tool":"mail","action":"send","resource":"outbox/*"}]""";

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    [Fact]
    public void A_delegated_task_is_recorded_as_the_childs_with_all_above_and_its_texts_as_they_are_kept()
    {
        var root = TaskId.New(Now.AddHours(-1));
        var facts = Delegations.Known with
        {
            Parent = Delegations.Parent with { Root = root, Above = [Facts.Other] }, Ancestors = [root, Delegations.Parent.Id],
            AllowedAbove = [Delegations.Known.Allowed, Delegations.Known.Allowed],
        };
        var ask = Delegations.Ask with { Intent = "use password=hunter2", PromptFragment = "token=abcdef12", Budget = 4 };
        var child = Delegations.Approve(ask, facts);

        Check(
            DelegationPayloads.Delegated(child, ask), AuditKind.TaskDelegated, child.Id,
            $$"""
            {"at":"2026-11-20T11:53:01.234567+00:00","kind":"TaskDelegated","task":"{{child.Id}}","decision":"{{ask.Decision}}","above":["{{root}}","{{Delegations.Parent.Id}}"],"by":"spiffe://example.org/agents/triage","attested_by":"jwt","workload":"spiffe://example.org/agents/other","initiator":"user:alice@example.org","intent":"use password=[scrubbed]","prompt_fragment":"token=[scrubbed]","envelope":{{Envelope}},"time_to_live":1800,"deadline":"2026-11-20T12:23:01.234567+00:00","budget":4,"catalog":7,"history_version":3,"policy":[{"outcome":"allow","cases":1,"deciding":["p.cedar#1"]},{"outcome":"allow","cases":1,"deciding":["p.cedar#1"]}]}
            """);
    }

    [Fact]
    public void A_delegation_that_is_denied_is_recorded_without_the_texts_that_nobody_scrubbed()
    {
        var ask = Delegations.Ask with { Intent = "use password=hunter2", PromptFragment = "token=abcdef12" };
        Check(
            DelegationPayloads.DelegateDenied(Now, ask, new(Reason.NotAllowedAbove, "envelope[1]", "d"), null), AuditKind.TaskDenied, ask.Parent,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TaskDenied","task":"{{ask.Parent}}","decision":"{{ask.Decision}}","rpc":"DelegateTask","workload":"spiffe://example.org/agents/triage","attested_by":"jwt","to":"spiffe://example.org/agents/other","envelope":{{Envelope}},"time_to_live":1800,"reason":"NotAllowedAbove","field":"envelope[1]","detail":"d"}
            """);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(30.0, "\"heartbeat_seconds\":30,")]
    public void An_accepted_task_is_recorded_with_what_it_promised(double? seconds, string promised)
    {
        var ask = new AcceptAsk
        {
            Task = Delegations.Parent.Id, Decision = Delegations.Ask.Decision, Workload = Facts.Other,
            HeartbeatInterval = seconds is { } given ? TimeSpan.FromSeconds(given) : null,
        };
        Check(
            DelegationPayloads.Accepted(Now, ask, 7), AuditKind.TaskAccepted, ask.Task,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TaskAccepted","task":"{{ask.Task}}","decision":"{{ask.Decision}}","workload":"spiffe://example.org/agents/other",{{promised}}"catalog":7}
            """);
    }

    private static void Check(AuditEntry entry, AuditKind kind, TaskId task, string payload)
    {
        Assert.Equal(payload, entry.Payload);
        Assert.Equal((kind, task.Value, Delegations.Ask.Decision.Value), (entry.Kind, entry.TaskId, entry.DecisionId));
        Assert.Equal(AuditEntry.LeafHashOf(payload), entry.LeafHash);
    }
}
