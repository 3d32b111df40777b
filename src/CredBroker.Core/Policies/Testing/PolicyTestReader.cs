using System.Collections.Immutable;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Core.Policies.Testing;

/// <summary>
/// Reads files of example requests (<see cref="CatalogFiles.IsTest"/>), as strictly as a catalog: every mistake with its place, and nothing
/// that the catalog does not have. Total: every input gives cases or the list of everything that is wrong.
/// </summary>
public static class PolicyTestReader
{
    private const int MaxCases = 10_000;

    /// <summary>Reads files; false when anything is wrong with any of them.</summary>
    /// <param name="files">The files, in the order of their cases.</param>
    /// <param name="catalog">What the cases are about.</param>
    /// <param name="cases">All cases.</param>
    /// <param name="problems">Everything that is wrong, in reading order.</param>
    public static bool TryRead(
        IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files, BrokerCatalog catalog, out ImmutableArray<PolicyTestCase> cases, out IReadOnlyList<CatalogError> problems)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(catalog);
        var errors = new CatalogErrors();
        var read = ImmutableArray.CreateBuilder<PolicyTestCase>();
        foreach (var (name, content) in files)
            if (YamlReader.Read(name, content.Span, errors) is { } root) Read(new Field("the file", root.At, root, errors), catalog, read);
        problems = errors.InReadingOrder();
        cases = errors.Count == 0 ? read.DrainToImmutable() : [];
        return errors.Count == 0;
    }

    private static void Read(Field root, BrokerCatalog catalog, ImmutableArray<PolicyTestCase>.Builder into)
    {
        if (root.Fields("defaults", "cases") is not { } keys) return;
        var defaults = keys.May("defaults")?.Fields(PolicyTestCaseReader.Shared);
        var reader = new PolicyTestCaseReader(catalog);
        var names = new Unique("case");
        foreach (var item in keys.Must("cases")?.Items("a case", MaxCases) ?? [])
        {
            if (item.Fields(["name", .. PolicyTestCaseReader.Shared, "expect"]) is not { } own) continue;
            var name = own.Must("name") is { } named && named.Text("what the case shows", 200) is { } text && names.Add(text, named) ? text : null;
            if (reader.Read(item, name, own, defaults) is { } one) into.Add(one);
        }
    }
}
