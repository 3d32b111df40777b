using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Cedar.Tree;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Policies;

/// <summary>
/// Reads the annotations of policies. They bind the broker, so one that is unknown, that says nothing readable, or that stands where it
/// could have no effect is a mistake: its author relies on it.
/// </summary>
internal sealed class AnnotationReader(FrozenDictionary<CatalogName, ApproverGroup> groups, CatalogErrors errors)
{
    internal const string Id = "id";

    private const int MaxIdLength = 128;
    private const int MaxTextLength = 256;
    private static readonly string[] s_forPeople = ["owner", "advice"];
    private static readonly string[] s_binding = ["max_ttl", "single_use", "approvers", "quorum", "obligation"];
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>What the annotations of a policy bind to; what is wrong with them is reported.</summary>
    internal PolicyNotes Read(CedarPolicy policy)
    {
        var notes = PolicyNotes.None;
        foreach (var annotation in policy.Annotations) notes = Read(policy, annotation, notes);
        if (notes.Quorum > 1 && policy.Annotations.FirstOrDefault(annotation => annotation.Name == "quorum") is var quorum) CheckQuorum(policy, quorum, notes);
        return notes;
    }

    /// <summary>The place of an annotation.</summary>
    internal static SourcePosition PlaceOf(CedarPolicy policy, Annotation annotation) => PolicyPlaces.Of(policy.Source!, annotation.Span);

    private PolicyNotes Read(CedarPolicy policy, Annotation annotation, PolicyNotes notes)
    {
        if (policy.Effect == Effect.Forbid && s_binding.Contains(annotation.Name, StringComparer.Ordinal))
        {
            Report(policy, annotation, "binds nothing on a forbid", "it on a permit: it binds when the policy permits");
            return notes;
        }

        switch (annotation.Name)
        {
            case Id:
                Text(policy, annotation, MaxIdLength);
                return notes;
            case "owner" or "advice":
                return notes;
            case "single_use" when annotation.Value is null:
                return notes with { SingleUse = true };
            case "single_use":
                Report(policy, annotation, "has a text", "@single_use alone");
                return notes;
            case "max_ttl":
                return notes with { MaxTimeToLive = MaxTtl(policy, annotation) };
            case "approvers":
                return notes with { Approvers = Approvers(policy, annotation) };
            case "quorum":
                return notes with { Quorum = Quorum(policy, annotation) };
            case "obligation":
                return notes with { Obligation = Text(policy, annotation, MaxTextLength) };
            default:
                errors.Add(CatalogErrorKind.BadPolicy, PlaceOf(policy, annotation), $"unknown annotation {Quoting.Quote(annotation.Name)}",
                    Words.Or([Id, .. s_forPeople, .. s_binding]), () => Nearest.To(annotation.Name, [Id, .. s_forPeople, .. s_binding]));
                return notes;
        }
    }

    private TimeSpan? MaxTtl(CedarPolicy policy, Annotation annotation)
    {
        if (annotation.Value is { } text && Durations.TryParse(text, out var value) && value >= TimeSpan.FromSeconds(1) && value <= s_longest) return value;
        Report(policy, annotation, Says(annotation), "a length of time from 1s to 1h, like @max_ttl(\"90s\")");
        return null;
    }

    private ImmutableArray<CatalogName> Approvers(CedarPolicy policy, Annotation annotation)
    {
        const string expected = "groups of approver_groups, like @approvers(\"sre,security\")";
        if (annotation.Value is not { } text)
        {
            Report(policy, annotation, "names nobody", expected);
            return [];
        }

        var named = ImmutableArray.CreateBuilder<CatalogName>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!CatalogName.TryParse(part, out var name) || !groups.ContainsKey(name))
                errors.Add(CatalogErrorKind.BadPolicy, PlaceOf(policy, annotation), $"@approvers names {Quoting.Quote(part)}, which is no approver group", expected,
                    () => Nearest.To(part, groups.Keys.Select(group => group.ToString())));
            else if (named.Contains(name))
                Report(policy, annotation, $"names {Quoting.Quote(part)} twice", expected);
            else
                named.Add(name);
        }

        return named.DrainToImmutable();
    }

    private int Quorum(CedarPolicy policy, Annotation annotation)
    {
        if (annotation.Value is { Length: <= 3 } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= 1 && text[0] != '0')
        {
            if (!policy.TryGetAnnotation("approvers", out _)) Report(policy, annotation, "counts approvers, and none are named", "@approvers beside it");
            return value;
        }

        Report(policy, annotation, Says(annotation), "a whole number from 1 to 999, like @quorum(\"2\")");
        return 1;
    }

    /// <remarks>An approver of several groups is one person.</remarks>
    private void CheckQuorum(CedarPolicy policy, Annotation quorum, PolicyNotes notes)
    {
        var people = notes.Approvers.SelectMany(name => groups[name].Members).Distinct().Count();
        if (!notes.Approvers.IsEmpty && notes.Quorum > people)
            Report(policy, quorum, $"is more than the {people} {(people == 1 ? "approver" : "approvers")} that @approvers names", "a number that can be reached");
    }

    private string? Text(CedarPolicy policy, Annotation annotation, int longest)
    {
        if (annotation.Value is { Length: > 0 } text && text.Length <= longest && ConstraintText.Fits(text)) return text;
        Report(policy, annotation, Says(annotation), $"a text of 1 to {longest} characters, on one line");
        return null;
    }

    private static string Says(Annotation annotation) => annotation.Value is { } text ? $"says {Quoting.Quote(text)}" : "says nothing";

    private void Report(CedarPolicy policy, Annotation annotation, string problem, string expected) =>
        errors.Add(CatalogErrorKind.BadPolicy, PlaceOf(policy, annotation), $"@{annotation.Name} {problem}", expected);
}
