using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>A mapping whose keys are known. Unknown keys are reported when it is opened; refused values count as given.</summary>
internal sealed class Fields
{
    private readonly Field owner;
    private readonly YamlNode.Mapping mapping;

    /// <summary>Known keys that an unknown one probably means: given, in a way, and reported once.</summary>
    private readonly HashSet<string> misspelt = new(StringComparer.Ordinal);

    private Fields(Field owner, YamlNode.Mapping mapping)
    {
        this.owner = owner;
        this.mapping = mapping;
    }

    internal static Fields Of(Field owner, YamlNode.Mapping mapping, string[] known)
    {
        var fields = new Fields(owner, mapping);
        foreach (var entry in mapping.Entries.Where(e => !known.Contains(e.Key, StringComparer.Ordinal)))
        {
            owner.Errors.Add(CatalogErrorKind.UnknownKey, entry.KeyAt, $"unknown key {Quoting.Quote(entry.Key)} in {owner.Label}",
                Words.Or(known), () => fields.Meant(entry.Key, known));
        }
        return fields;
    }

    internal bool Has(string key) => mapping.Entries.Any(e => e.Key == key);

    /// <summary>The value of an optional key.</summary>
    internal Field? May(string key)
    {
        foreach (var entry in mapping.Entries)
            if (entry.Key == key)
                return new Field(Quoting.Quote(key), entry.KeyAt, entry.Value, owner.Errors) { Key = key };
        return null;
    }

    /// <summary>The value of a required key; its absence is reported where the mapping begins.</summary>
    internal Field? Must(string key)
    {
        var field = May(key);
        if (field is null && !misspelt.Contains(key))
            owner.Errors.Add(CatalogErrorKind.MissingKey, owner.KeyAt, $"{Quoting.Quote(key)} is missing in {owner.Label}");
        return field;
    }

    /// <summary>Of several keys that exclude each other, the one that is given.</summary>
    internal Field? ExactlyOne(params string[] keys)
    {
        var given = keys.Where(Has).ToArray();
        if (given.Length == 1)
            return May(given[0]);
        if (given.Length == 0 && keys.Any(misspelt.Contains))
            return null;
        owner.Errors.Add(CatalogErrorKind.Contradiction, owner.KeyAt,
            $"{owner.Label} has {(given.Length == 0 ? "none" : Words.And(given))}", "exactly one of " + Words.Or(keys));
        return null;
    }

    private string? Meant(string key, string[] known)
    {
        var meant = Nearest.To(key, known);
        if (meant is not null)
            misspelt.Add(meant);
        return meant;
    }
}
