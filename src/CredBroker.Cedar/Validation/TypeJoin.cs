using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>The one type that two expressions have in common, strictly: there is none for entities of two types, or for different records.</summary>
internal static class TypeJoin
{
    internal static bool TryJoin(CedarType left, CedarType right, [NotNullWhen(true)] out CedarType? joined)
    {
        joined = (left, right) switch
        {
            _ when ReferenceEquals(left, right) => left,
            (CedarType.Set a, CedarType.Set b) => TryJoin(a.Element, b.Element, out var element) ? new CedarType.Set(element) : null,
            (CedarType.Record a, CedarType.Record b) => JoinRecords(a, b),
            _ when left.Equals(right) => left,
            _ => left.Kind == ValueKind.Bool && right.Kind == ValueKind.Bool ? CedarType.Bool : null,
        };
        return joined is not null;
    }

    private static CedarType.Record? JoinRecords(CedarType.Record left, CedarType.Record right)
    {
        if (left.Attributes.Length != right.Attributes.Length) return null;
        var joined = ImmutableArray.CreateBuilder<AttributeType>(left.Attributes.Length);
        for (var i = 0; i < left.Attributes.Length; i++)
        {
            var (name, type, isRequired) = left.Attributes[i];
            var other = right.Attributes[i];
            if (name != other.Name || isRequired != other.IsRequired || !TryJoin(type, other.Type, out var both)) return null;
            joined.Add(new(name, both, isRequired));
        }

        return new(joined.MoveToImmutable());
    }
}
