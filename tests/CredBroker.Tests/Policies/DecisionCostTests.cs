using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies;

/// <summary>A decision is on the path of every token: what it costs does not grow with the catalog.</summary>
public sealed class DecisionCostTests(ITestOutputHelper output)
{
    private const string Relevant = """
        permit (principal in Class::"agent", action in Action::"read", resource) when { context.path like "acme/*" && context.task.depth < 3 };
        forbid (principal, action in Action::"egress", resource) when { context.task.history.data.containsAny(["confidential", "secret"]) };
        forbid (principal, action, resource) when { context.task.history.writes >= 50 || context.task.age > duration("8h") };
        forbid (principal, action in Action::"read", resource) when { context.task.history.by_tool.issues > 1000 || context.now < datetime("2026-01-01") };
        """;

    [Fact]
    public void Among_ten_thousand_policies_a_decision_allocates_less_than_four_kilobytes()
    {
        var others = Enumerable.Range(0, PolicyReader.MaxPolicies - 4)
            .Select(i => $$"""permit (principal == Workload::"w{{i}}", action == Action::"mail.send", resource) when { context.path == "out/{{i}}" };""");
        var policies = Policed.By(Relevant + string.Concat(others), Rules.Of("issues", "read"), Rules.Of("mail", "send") with { Egress = true });
        var now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
        var question = new PolicyQuestion
        {
            Phase = PolicyPhase.Mint, Workload = Facts.Triage, AttestedBy = EvidenceKind.UnixPeer, Capability = Make.Capability("issues", "read", "acme/1"),
            Task = Facts.Task(now) with { History = ["data:internal", "tool:issues", "risk:read", "tool:mail"], Granted = new(7, 3, 0, Core.Tasks.GrantCounts.None.ByTool.Add("issues", 7)) },
        };
        for (var i = 0; i < 2_000; i++) Assert.IsType<Judgement.Allowed>(Judging.Judge(policies, question, now));

        const int Times = 2_000;
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), TimeProvider.System.GetTimestamp());
        for (var i = 0; i < Times; i++) Judging.Judge(policies, question, now);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Times;

        output.WriteLine($"{bytes} bytes, {TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / Times:0.0} us");
        Assert.InRange(bytes, 1, 4096);
    }
}
