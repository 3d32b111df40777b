using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Core.Policies.Testing;

/// <summary>What several parts of a case read.</summary>
internal static class TestDoors
{
    /// <summary>The items of a list that may be empty.</summary>
    internal static IEnumerable<Field> ItemsIfAny(this Field? field, string thing, int max) =>
        field is null or { Node: YamlNode.Sequence { Items.IsEmpty: true } } ? [] : field.Items(thing, max);

    /// <summary>What a name stands for; one that is not known is reported.</summary>
    internal static T? Known<T>(this Field field, string otherwise, IReadOnlyDictionary<string, T> known)
        where T : struct
    {
        if (field.Text("a name") is not { } name) return null;
        if (known.TryGetValue(name, out var found)) return found;
        field.Report(CatalogErrorKind.Dangling, $"{otherwise} {Quoting.Quote(name)}", suggest: () => Nearest.To(name, known.Keys));
        return null;
    }
}
