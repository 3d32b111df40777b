using System.Collections.Immutable;
using System.Diagnostics;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// The one answer to "is this within that": total, and linear in the size of its arguments. Reflexive, transitive, antisymmetric
/// up to equality, and never true when some call is allowed by the smaller and not by the larger.
/// </summary>
public static class Containment
{
    /// <summary>True when every call that <paramref name="smaller"/> allows is allowed by <paramref name="larger"/>.</summary>
    public static bool Contains(Capability larger, Capability smaller) =>
        larger.Tool == smaller.Tool
        && larger.Action == smaller.Action
        && larger.Resource.Contains(smaller.Resource)
        && Contains(larger.Parameters, smaller.Parameters);

    /// <summary>
    /// Whether one of <paramref name="members"/> contains <paramref name="asked"/>, or how near the nearest comes. A union is not
    /// searched: what only two members together allow is not covered, so ask for it in two capabilities.
    /// </summary>
    public static Coverage Cover(ReadOnlySpan<Capability> members, Capability asked)
    {
        var nearest = Coverage.OtherAction;
        foreach (var member in members)
        {
            if (member.Tool != asked.Tool || member.Action != asked.Action) continue;
            if (!member.Resource.Contains(asked.Resource))
            {
                if (nearest < Coverage.OtherResource) nearest = Coverage.OtherResource;
            }
            else if (Contains(member.Parameters, asked.Parameters))
            {
                return Coverage.Covered;
            }
            else
            {
                nearest = Coverage.OtherParameters;
            }
        }

        return nearest;
    }

    /// <summary>True when every value that <paramref name="smaller"/> allows is allowed by <paramref name="larger"/>.</summary>
    public static bool Contains(ParameterConstraint larger, ParameterConstraint smaller) => (larger, smaller) switch
    {
        (StringSet all, StringSet some) => IsSubset(all.Values, some.Values),
        (StringPrefix prefix, StringSet some) => AllStartWith(some.Values, prefix.Prefix),
        (StringPrefix shorter, StringPrefix longer) => longer.Prefix.StartsWith(shorter.Prefix, StringComparison.Ordinal),
        (LongRange outer, LongRange inner) => outer.Min <= inner.Min && inner.Max <= outer.Max,
        (BoolValue one, BoolValue other) => one.Value == other.Value,
        (StringSet or StringPrefix or LongRange or BoolValue, _) => false,
        _ => throw new UnreachableException(),
    };

    // Every bound of the larger needs one of the smaller within it: an unconstrained parameter may have any value or be absent.
    private static bool Contains(ImmutableArray<ParameterBound> larger, ImmutableArray<ParameterBound> smaller)
    {
        var at = 0;
        foreach (var bound in larger)
        {
            while (at < smaller.Length && smaller[at].Name != bound.Name) at++;
            if (at == smaller.Length || !Contains(bound.Constraint, smaller[at].Constraint)) return false;
        }

        return true;
    }

    private static bool IsSubset(ImmutableArray<string> all, ImmutableArray<string> some)
    {
        var at = 0;
        foreach (var value in some)
        {
            while (at < all.Length && !string.Equals(all[at], value, StringComparison.Ordinal)) at++;
            if (at == all.Length) return false;
        }

        return true;
    }

    private static bool AllStartWith(ImmutableArray<string> values, string prefix)
    {
        foreach (var value in values)
        {
            if (!value.StartsWith(prefix, StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
