using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// Which values one parameter of a call may have. Closed: <see cref="StringSet"/>, <see cref="StringPrefix"/>,
/// <see cref="LongRange"/>, <see cref="BoolValue"/>. None is empty: each allows at least one value.
/// </summary>
public abstract record ParameterConstraint
{
    private ParameterConstraint()
    {
    }

    /// <summary>The type of the values that it allows.</summary>
    public abstract ParameterType Type { get; }

    /// <summary>One of 1 to <see cref="MaxValues"/> texts, compared by code unit, kept sorted and distinct.</summary>
    public sealed record StringSet : ParameterConstraint
    {
        /// <summary>Most values to a set.</summary>
        public const int MaxValues = 64;

        private StringSet(ImmutableArray<string> values) => Values = values;

        /// <inheritdoc/>
        public override ParameterType Type => ParameterType.String;

        /// <summary>The values: sorted by code unit, distinct.</summary>
        public ImmutableArray<string> Values { get; }

        /// <summary>
        /// The set of these values, in any order, repetitions ignored. False for none, for more than <see cref="MaxValues"/>, or
        /// for a text over 256 code units, not well-formed, or with a control character.
        /// </summary>
        public static bool TryCreate(IEnumerable<string> values, [NotNullWhen(true)] out StringSet? set)
        {
            set = null;
            var sorted = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var value in values)
            {
                if (value is null || !ConstraintText.Fits(value)) return false;
                if (sorted.Add(value) && sorted.Count > MaxValues) return false;
            }

            set = sorted.Count == 0 ? null : new([.. sorted]);
            return set is not null;
        }

        /// <summary>Equal when the values are.</summary>
        public bool Equals(StringSet? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Values.Length, Values[0].GetHashCode(StringComparison.Ordinal));
    }

    /// <summary>Any text that starts with a prefix, compared by code unit.</summary>
    public sealed record StringPrefix : ParameterConstraint
    {
        private StringPrefix(string prefix) => Prefix = prefix;

        /// <inheritdoc/>
        public override ParameterType Type => ParameterType.String;

        /// <summary>The prefix: 1 to 256 code units.</summary>
        public string Prefix { get; }

        /// <summary>False for an empty prefix (leave the parameter unconstrained), or a text that a set would refuse too.</summary>
        public static bool TryCreate(string? prefix, [NotNullWhen(true)] out StringPrefix? constraint)
        {
            constraint = prefix is { Length: > 0 } && ConstraintText.Fits(prefix) ? new(prefix) : null;
            return constraint is not null;
        }
    }

    /// <summary>Any whole number from a least to a greatest, both included.</summary>
    public sealed record LongRange : ParameterConstraint
    {
        private LongRange(long min, long max) => (Min, Max) = (min, max);

        /// <inheritdoc/>
        public override ParameterType Type => ParameterType.Long;

        /// <summary>The least value allowed.</summary>
        public long Min { get; }

        /// <summary>The greatest value allowed.</summary>
        public long Max { get; }

        /// <summary>False when <paramref name="min"/> is over <paramref name="max"/>.</summary>
        public static bool TryCreate(long min, long max, [NotNullWhen(true)] out LongRange? constraint)
        {
            constraint = min <= max ? new(min, max) : null;
            return constraint is not null;
        }
    }

    /// <summary>Exactly one truth value.</summary>
    /// <param name="Value">The value allowed.</param>
    public sealed record BoolValue(bool Value) : ParameterConstraint
    {
        /// <inheritdoc/>
        public override ParameterType Type => ParameterType.Bool;
    }
}
