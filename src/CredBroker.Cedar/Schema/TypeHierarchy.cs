using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>Which entity types the entities of each type may be in, through others. Circles are allowed.</summary>
internal sealed class TypeHierarchy(ErrorList errors)
{
    private int _links;

    /// <summary>For each type all that are above it; types are missing after a complaint.</summary>
    internal Dictionary<EntityType, FrozenSet<EntityType>> Close(Dictionary<EntityType, (SourceSpan Span, ImmutableArray<EntityType> Parents)> given)
    {
        var closed = new Dictionary<EntityType, FrozenSet<EntityType>>(given.Count);
        var rest = new Stack<EntityType>();
        foreach (var (type, (span, parents)) in given)
        {
            var above = new HashSet<EntityType>();
            Push(parents);
            while (rest.TryPop(out var next))
                if (above.Add(next)) Push(given[next].Parents);
            if (_links > CedarLimits.MaxAncestorLinks)
            {
                errors.Add(span, "the hierarchy of these types is too large", $"{Expected.AtMost(CedarLimits.MaxAncestorLinks)} ways from a type to one above it");
                return closed;
            }

            closed.Add(type, above.ToFrozenSet());
        }

        return closed;

        void Push(ImmutableArray<EntityType> types)
        {
            _links += types.Length;
            foreach (var type in types) rest.Push(type);
        }
    }
}
