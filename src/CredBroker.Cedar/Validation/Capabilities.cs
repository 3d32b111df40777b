using System.Collections.Immutable;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Validation;

/// <summary>Something that is known to be there: an attribute, by its name, or a tag, by the expression that gives its name.</summary>
internal readonly record struct Capability(Expression Target, string? Attribute, Expression? Tag);

/// <summary>What is known to be there when an expression is true. Immutable; adding to a large one is cheap.</summary>
internal readonly struct Capabilities
{
    private readonly ImmutableHashSet<Capability>? _known;

    private Capabilities(ImmutableHashSet<Capability> known) => _known = known;

    internal static Capabilities None => default;

    internal static Capabilities Of(Expression target, string attribute) => new([new(target, attribute, null)]);

    internal static Capabilities OfTag(Expression target, Expression tag) => new([new(target, null, tag)]);

    internal bool Has(Expression target, string attribute) => _known?.Contains(new(target, attribute, null)) == true;

    internal bool HasTag(Expression target, Expression tag) => _known?.Contains(new(target, null, tag)) == true;

    internal Capabilities And(Capabilities other)
    {
        if (_known is null) return other;
        if (other._known is null) return this;
        // The smaller into the larger: a long chain adds one at a time.
        return _known.Count < other._known.Count ? new(other._known.Union(_known)) : new(_known.Union(other._known));
    }

    internal Capabilities Or(Capabilities other)
    {
        if (_known is null || other._known is null) return None;
        return _known.Count < other._known.Count ? new(_known.Intersect(other._known)) : new(other._known.Intersect(_known));
    }
}
