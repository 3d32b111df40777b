using CredBroker.Cedar.Extensions;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies.Testing;

/// <summary>Reads one case, with what the file's defaults say where it is silent.</summary>
internal sealed class PolicyTestCaseReader(BrokerCatalog catalog)
{
    /// <summary>What a case, and the defaults of its file, may say of the request.</summary>
    internal static readonly string[] Shared =
        ["phase", "workload", "attested_by", "to", "tool", "action", "resource", "parameters", "task", "now", "approved"];

    /// <summary>The moment of a case that names none: a Monday at noon. A test that depended on the day it is run on would be none.</summary>
    internal static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset s_earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_latest = new(2999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly PolicyTestTaskReader _tasks = new(catalog);
    private readonly PolicyTestExpectationReader _expectations = new(catalog);

    /// <summary>The case; null after a complaint.</summary>
    internal PolicyTestCase? Read(Field item, string? name, Fields own, Fields? defaults)
    {
        var before = item.Errors.Count;
        var keys = new LayeredFields(own, defaults);
        var phase = keys.May("phase") is { } given ? given.OneOf(("mint", PolicyPhase.Mint), ("authorize", PolicyPhase.Authorize), ("delegate", PolicyPhase.Delegate)) : PolicyPhase.Mint;
        var workload = WorkloadOf(keys.Must("workload"));
        var to = phase == PolicyPhase.Delegate ? WorkloadOf(keys.Must("to")) : Refuse(own.May("to"), "says nothing where nothing is handed down", "phase: delegate");
        var approved = phase == PolicyPhase.Delegate ? RefuseBool(own.May("approved")) : keys.May("approved")?.Bool();
        var capability = new CapabilityFields(catalog).Read(keys.Must("tool"), keys.Must("action"), keys.Must("resource"), keys.May("parameters"));
        if (phase == PolicyPhase.Authorize && capability is not null && !IsCall(capability))
            item.Report(CatalogErrorKind.OutOfRange, "a call is of one resource, with one value to each parameter");
        var attestedBy = keys.May("attested_by")?.OneOf(Enum.GetValues<EvidenceKind>().Select(kind => (kind.Word(), kind)).ToArray());
        var now = keys.May("now") is { } moment ? Moment(moment) : Noon;
        var task = _tasks.Read(keys, workload);
        var expected = own.Must("expect") is { } answer && phase is { } known ? _expectations.Read(answer, known) : null;
        if (item.Errors.Count > before || name is null || workload is null || capability is null || task is null || expected is null) return null;
        return new PolicyTestCase
        {
            Name = name, At = item.At, Phase = phase ?? PolicyPhase.Mint, Workload = workload, To = to, AttestedBy = attestedBy ?? FirstOf(workload),
            Capability = capability, Task = task, Now = now ?? Noon, Approved = approved ?? false, Expected = expected,
        };
    }

    private Workload? WorkloadOf(Field? field)
    {
        if (field?.Name() is not { } name) return null;
        if (catalog.Workloads.Values.FirstOrDefault(workload => workload.Name == name) is { } found) return found;
        field.Report(CatalogErrorKind.Dangling, $"the catalog has no workload {Quoting.Quote(name.ToString())}",
            suggest: () => Nearest.To(name.ToString(), catalog.Workloads.Values.Select(workload => workload.Name.ToString())));
        return null;
    }

    private static DateTimeOffset? Moment(Field field)
    {
        const string Expected = "a moment of the years 2000 to 2999, like 2026-11-20T08:30:00Z";
        if (field.Text(Expected) is not { } text) return null;
        if (CedarDatetime.TryParse(text, out var read) && read.UnixMilliseconds >= s_earliest.ToUnixTimeMilliseconds() && read.UnixMilliseconds <= s_latest.ToUnixTimeMilliseconds())
            return DateTimeOffset.FromUnixTimeMilliseconds(read.UnixMilliseconds);
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", Expected);
        return null;
    }

    private static bool IsCall(Capability capability) =>
        capability.Resource.IsExact && capability.Parameters.All(bound => PolicyContext.ValueOf(bound.Constraint) is not null);

    // As the workload would most likely prove itself: the first way that the catalog has.
    private static EvidenceKind FirstOf(Workload workload) => workload.Attest[0].Selectors[0].Kind switch
    {
        SelectorKind.JwtTrustDomain or SelectorKind.JwtSubject or SelectorKind.JwtClaim => EvidenceKind.Jwt,
        SelectorKind.X509SpiffeId => EvidenceKind.X509Peer,
        SelectorKind.JoinToken => EvidenceKind.JoinToken,
        _ => EvidenceKind.UnixPeer,
    };

    private static Workload? Refuse(Field? field, string problem, string expected)
    {
        field?.Errors.Add(CatalogErrorKind.Contradiction, field.KeyAt, $"{field.Label} {problem}", expected);
        return null;
    }

    private static bool? RefuseBool(Field? field)
    {
        Refuse(field, "says nothing where something is handed down: approvers say yes to a mint, and with it to its calls", "phase: mint, or authorize");
        return null;
    }
}
