using System.Collections.Immutable;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;
using static CredBroker.Core.Policies.Testing.PolicyTestOutcome;

namespace CredBroker.Core.Policies.Testing;

/// <summary>Reads what a case expects: an outcome alone, or with more about it. What could not differ is refused: it would test nothing.</summary>
internal sealed class PolicyTestExpectationReader(BrokerCatalog catalog)
{
    private const int MostNames = 1_000;

    private static readonly (string, PolicyTestOutcome)[] s_outcomes = [.. Enum.GetValues<PolicyTestOutcome>().Select(outcome => (outcome.Word(), outcome))];

    private readonly Dictionary<string, bool> _policies = catalog.Policies.Names.ToDictionary(name => name, _ => true, StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _groups = catalog.ApproverGroups.Keys.ToDictionary(name => name.ToString(), _ => true, StringComparer.Ordinal);
    private readonly Dictionary<string, Reason> _reasons = Enum.GetValues<Reason>().Where(reason => new Refusal(reason).IsDenial)
        .ToDictionary(reason => reason.Word(), reason => reason, StringComparer.Ordinal);

    /// <summary>What is expected of an answer in a phase; null after a complaint.</summary>
    internal PolicyTestExpectation? Read(Field field, PolicyPhase phase)
    {
        if (field.Node is not YamlNode.Mapping) return field.OneOf(s_outcomes) is { } word ? new(word) : null;
        if (field.Fields("outcome", "by", "reason", "approvers", "quorum", "max_ttl", "single_use", "obligations") is not { } keys) return null;
        if (keys.Must("outcome")?.OneOf(s_outcomes) is not { } outcome) return null;
        var mints = phase == PolicyPhase.Mint;
        return new(outcome)
        {
            By = Names(keys.May("by"), "a policy", "the catalog has no policy", _policies),
            Reason = When(outcome == Deny, keys.May("reason"), "outcome: deny")?.Known("there is no reason", _reasons),
            Approvers = Names(When(mints && outcome == ApprovalRequired, keys.May("approvers"), "outcome: approval required, of a mint"), "a group", "the catalog has no approver group", _groups),
            Quorum = (int?)When(mints && outcome == ApprovalRequired, keys.May("quorum"), "outcome: approval required, of a mint")?.Integer(1, 999),
            MaxTimeToLive = When(mints && outcome != Deny, keys.May("max_ttl"), "a mint that is not denied")?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            SingleUse = When(mints && outcome != Deny, keys.May("single_use"), "a mint that is not denied")?.Bool(),
            Obligations = Texts(When(phase != PolicyPhase.Delegate && outcome != Deny, keys.May("obligations"), "a mint or a call that is not denied")),
        };
    }

    private static Field? When(bool canDiffer, Field? field, string otherwise)
    {
        if (canDiffer || field is null) return field;
        field.Errors.Add(CatalogErrorKind.Contradiction, field.KeyAt, $"{field.Label} says nothing of this answer", otherwise);
        return null;
    }

    private static ImmutableArray<string>? Names(Field? field, string thing, string otherwise, Dictionary<string, bool> known)
    {
        if (field is null) return null;
        var unique = new Unique(thing);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var item in field.ItemsIfAny(thing, MostNames))
            if (item.Known(otherwise, known) is not null && ((YamlNode.Scalar)item.Node).Text is var name && unique.Add(name, item)) names.Add(name);
        return [.. names];
    }

    private static ImmutableArray<string>? Texts(Field? field) => field is null
        ? null
        : [.. field.ItemsIfAny("an obligation", MostNames).Select(item => item.Text("text", 256)).OfType<string>().Order(StringComparer.Ordinal)];
}
