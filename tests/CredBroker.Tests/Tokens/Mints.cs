using CredBroker.Core;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Tokens;

/// <summary>Asks and facts of mints that are approved as they stand; tests change what matters to them.</summary>
internal static class Mints
{
    public static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero).AddMilliseconds(700);

    public static readonly Binding Key =
        Binding.TryParse("jkt:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", out var key) ? key : throw new ArgumentException("jkt");

    public static readonly Binding Certificate =
        Binding.TryParse("x5t#S256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", out var key) ? key : throw new ArgumentException("x5t");

    public static readonly Capability Asked = Make.Capability("github.issues", "read", "acme/api/*");

    public static TaskFacts Live { get; } = Facts.Task(Now);

    public static MintAsk Ask { get; } = new()
    {
        Request = RequestId.Of(Guid.Parse("11111111-2222-3333-4444-555566667777")),
        Decision = DecisionId.New(Now),
        Task = Live.Id,
        Workload = Live.Workload,
        AttestedBy = EvidenceKind.UnixPeer,
        Capability = Asked,
        Binding = Key,
    };

    public static ActionRule Rule { get; } = Rules.Of("github.issues", "read");

    public static MintFacts Known { get; } = new()
    {
        Task = Live,
        CatalogVersion = 7,
        CatalogDigest = [.. new byte[32]],
        Policies = Policed.By(Policed.Unprivileged, Rule),
        Found = new(true, Rule),
        Allowed = new([Facts.ReadIssues, Facts.SendMail]),
        AllowedAbove = [],
        DelegationDepth = 8,
        RiskCeiling = TimeSpan.FromMinutes(10),
    };

    public static ApprovedGrant Approve(MintAsk ask, MintFacts facts, DateTimeOffset? now = null) =>
        Assert.IsType<MintDecision.Approved>(Minting.Decide(ask, facts, now ?? Now)).Grant;

    public static Refusal Deny(MintAsk ask, MintFacts facts, DateTimeOffset? now = null) =>
        Assert.IsType<MintDecision.Denied>(Minting.Decide(ask, facts, now ?? Now)).Refusal;

    /// <summary>The facts with another rule of the action; the policies are the same.</summary>
    public static MintFacts With(this MintFacts facts, ActionRule rule) => facts with { Found = new(true, rule), Policies = Policed.By(Policed.Unprivileged, rule) };

    /// <summary>The facts with other policies.</summary>
    public static MintFacts With(this MintFacts facts, string policies) => facts with { Policies = Policed.By(policies, facts.Found.Rule!) };

    /// <summary>The workloads above are allowed what the task's own is.</summary>
    public static MintFacts AllowedToAll(this MintFacts facts) =>
        facts with { AllowedAbove = [.. facts.Task!.Above.Select(_ => facts.Allowed)] };
}
