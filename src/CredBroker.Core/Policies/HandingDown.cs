using System.Collections.Immutable;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Policies;

/// <summary>
/// What the policies say of a capability that is handed down to a child task. Closed: <see cref="Allowed"/>, <see cref="Denied"/>,
/// <see cref="TooWide"/>.
/// </summary>
/// <remarks>
/// A capability of an envelope is a set of calls. The policies are asked about cases of it: every combination of each text of a set, both
/// ends of a range, a prefix by itself, a truth value; the path is the pattern's text. That finds what can never be, early. What binds is
/// the question at each mint of the child.
/// </remarks>
public abstract record HandingDown
{
    /// <summary>Most cases that one capability may come to.</summary>
    public const int MostCases = 256;

    private HandingDown()
    {
    }

    /// <summary>Asks the policies, in the phase <see cref="PolicyPhase.Delegate"/>. The first case that they deny denies it whole.</summary>
    public static HandingDown Judge(CatalogPolicies policies, PolicyQuestion question, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (CasesOf(question.Capability) is not { } cases) return new TooWide();
        var (needsApproval, deciding) = (false, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var asked in cases)
        {
            var judgement = Judging.Judge(policies, question with { Phase = PolicyPhase.Delegate, Capability = asked }, now);
            if (judgement is Judgement.Denied denied) return new Denied(denied);
            needsApproval |= judgement is Judgement.NeedsApproval;
            deciding.UnionWith(judgement.Record.Evaluations[^1].Deciding);
        }

        return new Allowed(needsApproval, cases.Count, [.. deciding]);
    }

    /// <summary>The cases of a capability, each parameter with one value; null when there are more than <see cref="MostCases"/>.</summary>
    internal static IReadOnlyList<Capability>? CasesOf(Capability capability)
    {
        List<ImmutableArray<ParameterBound>> cases = [[]];
        foreach (var bound in capability.Parameters)
        {
            var values = ValuesOf(bound.Constraint);
            if (cases.Count * values.Count > MostCases) return null;
            cases = [.. from before in cases from value in values select before.Add(bound with { Constraint = value })];
        }

        return [.. cases.Select(bounds => With(capability, bounds))];
    }

    private static IReadOnlyList<ParameterConstraint> ValuesOf(ParameterConstraint constraint) => constraint switch
    {
        ParameterConstraint.StringSet set => [.. set.Values.Select(value => Only(value))],
        ParameterConstraint.StringPrefix prefix => [Only(prefix.Prefix)],
        ParameterConstraint.LongRange range when range.Min != range.Max => [Only(range.Min), Only(range.Max)],
        _ => [constraint],
    };

    private static ParameterConstraint.StringSet Only(string value) => ParameterConstraint.StringSet.TryCreate([value], out var only)
        ? only
        : throw new System.Diagnostics.UnreachableException("It was part of a constraint.");

    private static ParameterConstraint.LongRange Only(long value) => ParameterConstraint.LongRange.TryCreate(value, value, out var only)
        ? only
        : throw new System.Diagnostics.UnreachableException("It was an end of a range.");

    private static Capability With(Capability capability, ImmutableArray<ParameterBound> bounds) =>
        Capability.TryCreate(capability.Tool, capability.Action, capability.Resource, bounds, out var made)
            ? made
            : throw new System.Diagnostics.UnreachableException("It has the names of one that was made.");

    /// <summary>It may be handed down.</summary>
    /// <param name="NeedsApproval">True when some of it will need an approver's yes, which the child asks for when it mints.</param>
    /// <param name="Cases">How many cases the policies were asked about.</param>
    /// <param name="Deciding">The policies that decided, of all cases, sorted.</param>
    public sealed record Allowed(bool NeedsApproval, int Cases, ImmutableArray<string> Deciding) : HandingDown;

    /// <summary>It may not.</summary>
    /// <param name="Judgement">Of the first case that is denied.</param>
    public sealed record Denied(Judgement.Denied Judgement) : HandingDown;

    /// <summary>It comes to more cases than the policies are asked about.</summary>
    public sealed record TooWide : HandingDown;
}
