using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;

namespace CredBroker.Tests.Tasks;

/// <summary>Asks and facts that are approved as they stand; tests change what matters to them.</summary>
internal static class Facts
{
    public static readonly SpiffeId Triage = Workload("spiffe://example.org/agents/triage");
    public static readonly SpiffeId Other = Workload("spiffe://example.org/agents/other");

    public static readonly Capability ReadIssues = Make.Capability("github.issues", "read", "acme/**");
    public static readonly Capability SendMail = Make.Capability("mail", "send", "outbox/*");

    public static SpiffeId Workload(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    public static TaskFacts Task(DateTimeOffset now)
    {
        var id = TaskId.New(now.AddMinutes(-1));
        return new()
        {
            Id = id,
            Root = id,
            Workload = Triage,
            Above = [],
            Initiator = "user:alice@example.org",
            Intent = "triage the issues",
            CreatedAt = now.AddMinutes(-1),
            State = TaskState.Active,
            Deadline = now.AddHours(1),
            HeartbeatDue = null,
            Envelope = Make.Envelope(ReadIssues, SendMail),
            Budget = 10,
            Spent = 0,
            History = [],
            Granted = GrantCounts.None,
            HistoryVersion = 3,
        };
    }

    public static StartAsk Ask(DateTimeOffset now) => new()
    {
        Task = TaskId.New(now),
        Decision = DecisionId.New(now),
        Workload = Triage,
        Intent = "triage the issues",
        Initiator = "user:alice@example.org",
        Envelope = Make.Envelope(ReadIssues, SendMail),
        TimeToLive = TimeSpan.FromMinutes(30),
    };

    public static StartFacts Start() => new()
    {
        CatalogVersion = 7,
        Rules = [new(true, Rules.Of("github.issues", "read")), new(true, Rules.Of("mail", "send"))],
        Allowed = new([ReadIssues, SendMail]),
        MaxTimeToLive = TimeSpan.FromHours(1),
        MaxBudget = 100,
        LiveTasks = 0,
        MaxLiveTasks = 5,
        Keeping = new TextKeeping.Scrubbed(),
    };
}
