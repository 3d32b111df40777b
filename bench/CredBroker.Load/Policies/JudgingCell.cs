using System.Globalization;
using System.Text;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Load.Policies;

/// <summary>The broker's own decision on a mint, its facts at hand: among ten thousand policies.</summary>
internal static class JudgingCell
{
    private const string Asked = """{"tool":"tickets","action":"read","resource":"acme/tickets/4711","parameters":{"state":{"in":["open"]}}}""";

    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    public static Rounds Rounds()
    {
        var reading = CatalogReader.Read([("broker.yaml", Encoding.UTF8.GetBytes(BenchCatalog.Yaml)), ("policies.cedar", Encoding.UTF8.GetBytes(BenchCatalog.TenThousand()))]);
        var catalog = reading is CatalogReading.Valid valid ? valid.Catalog : throw new InvalidOperationException($"the catalog of the benchmark is not valid: {((CatalogReading.Invalid)reading).Problems[0]}");
        var question = Question(catalog.Workloads.Keys.Single(id => id.Path == "/local"));
        if (Judging.Judge(catalog.Policies, question, s_now) is not Judgement.Allowed { Record.Evaluations: [{ Deciding.Length: 1 }] })
            throw new InvalidOperationException("the request is not decided by one policy");
        return new(string.Create(CultureInfo.InvariantCulture, $"the broker's decision on a mint, {BenchCatalog.ManyPolicies:N0} policies"), 20_000, times =>
        {
            for (var i = 0; i < times; i++) Judging.Judge(catalog.Policies, question, s_now);
        });
    }

    private static PolicyQuestion Question(SpiffeId workload)
    {
        var id = TaskId.Of(Guid.CreateVersion7(s_now));
        if (!CapabilityJson.TryParse(Asked, out Capability? capability) || !Envelope.TryCreate([capability], out var envelope))
            throw new InvalidOperationException("the capability of the benchmark does not read");
        return new PolicyQuestion
        {
            Phase = PolicyPhase.Mint, Workload = workload, AttestedBy = EvidenceKind.UnixPeer, Capability = capability,
            Task = new TaskFacts
            {
                Id = id, Root = id, Workload = workload, Above = [], Initiator = "user:alice@example.test", Intent = "Answer ticket 4711",
                CreatedAt = s_now.AddMinutes(-5), State = TaskState.Active, Deadline = s_now.AddMinutes(25), HeartbeatDue = null, Envelope = envelope,
                Budget = 100, Spent = 3, History = ["data:confidential", "tool:tickets", "risk:read"], Granted = GrantCounts.None, HistoryVersion = 3,
            },
        };
    }
}
