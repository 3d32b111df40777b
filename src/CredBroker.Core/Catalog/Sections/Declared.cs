using System.Collections.Frozen;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>
/// What a section declares, by name. A thing that could not be read stays declared, so that whoever refers to it is not blamed for it.
/// </summary>
internal sealed class Declared<TName, TThing> where TName : struct where TThing : class
{
    private readonly Dictionary<TName, TThing?> things = [];

    internal IEnumerable<TThing> Readable => things.Values.OfType<TThing>();

    internal void Add(TName name, TThing? thing) => things[name] = thing;

    internal FrozenDictionary<TName, TThing> Frozen() =>
        things.Where(t => t.Value is not null).ToFrozenDictionary(t => t.Key, t => t.Value!);

    /// <summary>False for a name that is not declared, which is reported; true with null for one that could not be read.</summary>
    internal bool Find(TName name, Field reference, string otherwise, out TThing? found)
    {
        if (things.TryGetValue(name, out found))
            return true;
        reference.Report(CatalogErrorKind.Dangling, otherwise,
            suggest: () => Nearest.To(name.ToString() ?? "", things.Keys.Select(k => k.ToString() ?? "")));
        return false;
    }
}
