using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// Which resources a capability reaches: a path whose last segment may be <c>*</c> (exactly one segment) or <c>**</c> (one or more).
/// </summary>
/// <remarks>
/// <c>acme/*</c> holds <c>acme/api</c>, neither <c>acme</c> nor <c>acme/api/src</c>; <c>acme/**</c> holds the last too. Bare
/// <c>*</c> and <c>**</c> are patterns. A star anywhere else is refused. At most <see cref="ResourcePath.MaxLength"/> characters.
/// </remarks>
public readonly record struct ResourcePattern
{
    private enum Reach : byte
    {
        Exact,
        Segment,
        Rest,
    }

    private readonly string? _text;
    private readonly Reach _reach;

    private ResourcePattern(string text, Reach reach) => (_text, _reach) = (text, reach);

    /// <summary>True for <c>default</c>, which reaches nothing.</summary>
    public bool IsNone => _text is null;

    /// <summary>True when the pattern has no wildcard: it reaches one resource.</summary>
    public bool IsExact => _reach == Reach.Exact && _text is not null;

    // What a resource must start with: the whole text, or the text up to its wildcard, which is empty or ends with a slash.
    private ReadOnlySpan<char> Stem => _text.AsSpan(0, (_text?.Length ?? 0) - (int)_reach);

    /// <summary>The pattern that reaches exactly one resource; <c>default</c> for a default path.</summary>
    public static ResourcePattern Of(ResourcePath path) => path.IsNone ? default : new(path.ToString(), Reach.Exact);

    /// <summary>The only door: false, and <c>default</c>, for anything but the canonical form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ResourcePattern pattern)
    {
        pattern = default;
        if (text is null or { Length: > ResourcePath.MaxLength }) return false;
        var reach = ReachOf(text);
        var stem = text.AsSpan(0, text.Length - (int)reach);
        var fits = reach == Reach.Exact
            ? ResourcePath.IsCanonical(stem)
            : stem.IsEmpty || (stem[^1] == '/' && ResourcePath.IsCanonical(stem[..^1]));
        if (fits) pattern = new(text, reach);
        return fits;
    }

    /// <summary>True when the resource is one that this pattern reaches.</summary>
    public bool Matches(ResourcePath path) => Contains(Of(path));

    /// <summary>The pattern as it was parsed; empty for <c>default</c>.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>True when every resource that <paramref name="smaller"/> reaches is reached by this one.</summary>
    internal bool Contains(ResourcePattern smaller)
    {
        if (IsNone || smaller.IsNone) return false;
        var larger = Stem;
        var inner = smaller.Stem;
        return (_reach, smaller._reach) switch
        {
            (Reach.Exact, Reach.Exact) or (Reach.Segment, Reach.Segment) => inner.SequenceEqual(larger),
            // A path never ends with a slash, so one that starts with a stem is longer than it: something is left for the star.
            (Reach.Segment, Reach.Exact) => inner.StartsWith(larger) && !inner[larger.Length..].Contains('/'),
            (Reach.Rest, _) => inner.StartsWith(larger),
            _ => false,
        };
    }

    private static Reach ReachOf(string text) =>
        text.EndsWith("**", StringComparison.Ordinal) ? Reach.Rest : text.EndsWith('*') ? Reach.Segment : Reach.Exact;
}
