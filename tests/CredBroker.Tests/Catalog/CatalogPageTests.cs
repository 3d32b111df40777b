using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Catalog;

/// <summary>docs/catalog.md describes every key that the reader takes.</summary>
public sealed partial class CatalogPageTests
{
    [Fact]
    public void Every_key_of_the_format_is_on_the_page()
    {
        var keys = Directory.EnumerateFiles(Repository.PathOf("src/CredBroker.Core/Catalog"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => KeyLists().Matches(File.ReadAllText(file)))
            .SelectMany(list => Words().Matches(list.Value).Select(word => word.Groups[1].Value))
            .ToHashSet();
        var described = Quoted().Matches(File.ReadAllText(Repository.PathOf("docs/catalog.md")))
            .SelectMany(quoted => Word().Matches(quoted.Value).Select(word => word.Value))
            .ToHashSet();

        Assert.InRange(keys.Count, 45, 100); // the list of keys is read from the sources: an empty one would prove nothing
        Assert.Equal([], keys.Except(described).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""\.Fields\([^)]*\)""")]
    private static partial Regex KeyLists();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Quoted();

    [GeneratedRegex("[a-z_0-9]+")]
    private static partial Regex Word();

    [GeneratedRegex("\"([a-z_0-9]+)\"")]
    private static partial Regex Words();
}
