using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>Reads the decision of one entry. Null: what every such entry has is missing or malformed.</summary>
internal readonly struct PastDecisionReader(PastJson json, DateTimeOffset at, DecisionId id)
{
    private readonly PastJson _policy = json.Object("policy");

    internal PastDecision.Mint? Mint()
    {
        if (!SpiffeId.TryParse(json.Text("workload"), out var workload) || !TryVerdict(out var was)) return null;
        if (json.Raw("capability") is not { } text || !CapabilityJson.TryParse(text, out Capability? capability)) return null;
        if (json.Text("binding") is not { } bound || !Binding.TryParse(bound == "bearer" ? null : bound, out var binding)) return null;
        var inputs = PastInputs.Read(_policy.Object("inputs"));
        return new PastDecision.Mint
        {
            Id = id, At = inputs.Now is { } now && was.Reason is not null ? now : at, Task = TaskOf(json), Was = was, IsSettled = SettledReasons.OfMint(was.Reason),
            AttestedBy = AttestedBy(), HistoryVersion = HistoryVersion(), CatalogVersion = CatalogVersion(), Approved = Approved(), HasApproval = json.Text("approval") is not null, Inputs = inputs,
            Workload = workload, Capability = capability, Binding = binding, Adds = json.Texts("adds") ?? [],
        };
    }

    internal PastDecision.Use? Use()
    {
        if (!SpiffeId.TryParse(json.Text("backend"), out var backend) || !TryVerdict(out var was)) return null;
        if (json.Raw("call") is not { } text || !CapabilityJson.TryParse(text, out Capability? asked)) return null;
        if (!asked.Resource.IsExact || !ResourcePath.TryParse(asked.Resource.ToString(), out var path)
            || !ToolCall.TryCreate(asked.Tool, asked.Action, path, asked.Parameters, out var call)) return null;
        var inputs = PastInputs.Read(_policy.Object("inputs"));
        return new PastDecision.Use
        {
            Id = id, At = inputs.Now is { } now && was.Reason is not null ? now : at, Task = TaskOf(json), Was = was,
            IsSettled = SettledReasons.OfUse(was.Reason, _policy.Exists), AttestedBy = AttestedBy(), HistoryVersion = HistoryVersion(),
            CatalogVersion = CatalogVersion(), Approved = Approved(), HasApproval = json.Text("approval") is not null, Inputs = inputs, Backend = backend, Call = call,
            Token = json.Text("audience") is { } audience && json.UnixTime("iat") is { } issued
                ? new(audience, issued, json.Truth("bearer") == true, json.Truth("counted") == true)
                : null,
        };
    }

    internal PastDecision.Delegation? Delegation(string? by, string? to)
    {
        if (!SpiffeId.TryParse(by, out var workload) || !SpiffeId.TryParse(to, out var child) || !TryVerdict(out var was)) return null;
        if (json.Raw("envelope") is not { } text || !CapabilityJson.TryParse(text, out Envelope? envelope)) return null;
        var inputs = PastInputs.Read(_policy.Object("inputs"));
        return new PastDecision.Delegation
        {
            Id = id, At = inputs.Now is { } now && was.Reason is not null ? now : at, Task = TaskOf(json), Was = was,
            IsSettled = SettledReasons.OfDelegation(was.Reason), AttestedBy = AttestedBy(), HistoryVersion = HistoryVersion(),
            CatalogVersion = CatalogVersion(), Approved = Approved(), HasApproval = json.Text("approval") is not null, Inputs = inputs, Workload = workload, To = child, Envelope = envelope,
            DeniedAt = DeniedAt(json.Text("field")), TimeToLive = json.Seconds("time_to_live"),
            Budget = json.Truth("default_budget") == true ? null : json.Whole("budget"),
        };
    }

    // A reason that this program does not know is of a newer one, whose decisions it cannot make again.
    private bool TryVerdict([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DecisionVerdict? verdict)
    {
        verdict = null;
        Reason? reason = null;
        if (json.Text("reason") is { } word)
        {
            if (!Enum.TryParse<Reason>(word, out var known) || known == Reason.Unspecified || known.ToString() != word) return false;
            reason = known;
        }

        var outcome = DecisionVerdict.OutcomeOf(reason);
        verdict = new(outcome, reason, Policies(outcome), outcome == DecisionOutcome.Allowed ? Terms(_policy.Object("terms")) : PolicyTerms.None);
        return true;
    }

    // Of a delegation that was allowed: the policies of every capability.
    private ImmutableArray<string> Policies(DecisionOutcome outcome) => json.Objects("policy") is { } handed
        ? [.. handed.SelectMany(one => one.Texts("deciding") ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        : DecisionVerdict.DecidingOf(outcome, [.. Evaluations().Select(one => new PolicyEvaluation(false, false, one.Texts("deciding") ?? [], []))]);

    private static PolicyTerms Terms(PastJson terms) => new()
    {
        MaxTimeToLive = terms.Seconds("max_ttl"),
        SingleUse = terms.Truth("single_use") == true,
        Obligations = terms.Texts("obligations") ?? [],
    };

    private ImmutableArray<PastJson> Evaluations() => _policy.Objects("evaluations") ?? [];

    private bool Approved() => Evaluations() is [var first, ..] && first.Truth("approved") == true;

    private EvidenceKind? AttestedBy() => (json.Text("attested_by") ?? _policy.Text("attested_by")) is { } word ? EvidenceKinds.Of(word) : null;

    private int? HistoryVersion() => json.Whole("history_version") ?? _policy.Whole("history_version");

    private int? CatalogVersion() => json.Whole("catalog") ?? _policy.Whole("catalog");

    private static TaskId? TaskOf(PastJson json) => json.Id("task") is { } task && task != Guid.Empty ? TaskId.Of(task) : null;

    private static int? DeniedAt(string? field) => field is not null && field.StartsWith("envelope[", StringComparison.Ordinal)
        && field.IndexOf(']', StringComparison.Ordinal) is var end && int.TryParse(field.AsSpan("envelope[".Length, Math.Max(0, end - "envelope[".Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
