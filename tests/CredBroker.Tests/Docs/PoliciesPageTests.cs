using System.Text;
using System.Text.RegularExpressions;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Testing;
using CredBroker.Tests.Catalog;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Docs;

/// <summary>The examples of docs/policies.md are valid with the sample catalog, and its cases are answered as it says.</summary>
public sealed partial class PoliciesPageTests
{
    private static readonly string s_page = Repository.Read("docs/policies.md");

    /// <summary>The sample catalog with the first policies of the page instead of its own.</summary>
    internal static BrokerCatalog Catalog()
    {
        var policies = Block().Matches(s_page).Select(block => block.Groups["text"].Value).First(text => text.Contains("@id(", StringComparison.Ordinal));
        var reading = CatalogReader.Read([("broker.yaml", Encoding.UTF8.GetBytes(SampleCatalogTests.Text())), ("policies.cedar", Encoding.UTF8.GetBytes(policies))]);
        Assert.True(reading is CatalogReading.Valid, reading is CatalogReading.Invalid invalid ? string.Join('\n', invalid.Problems) : "");
        return ((CatalogReading.Valid)reading).Catalog;
    }

    [Fact]
    public void Its_cases_are_answered_as_it_says()
    {
        var (catalog, text) = (Catalog(), Assert.Single(Block().Matches(s_page), block => block.Groups["kind"].Value == "yaml").Groups["text"].Value);

        Assert.True(PolicyTestReader.TryRead([("page.test.yaml", Encoding.UTF8.GetBytes(text))], catalog, out var cases, out var problems), string.Join('\n', problems));
        Assert.Equal(4, cases.Length);
        Assert.All(cases, test => Assert.Empty(PolicyTesting.Run(test, catalog).Differences));
    }

    [Fact]
    public void The_sample_catalogs_own_cases_are_answered_as_they_say()
    {
        var catalog = SampleCatalogTests.Sample().Catalog;
        var files = Directory.GetFiles(Repository.PathOf("catalog"), "*.test.yaml").Select(path => (Path.GetFileName(path), (ReadOnlyMemory<byte>)File.ReadAllBytes(path)));

        Assert.True(PolicyTestReader.TryRead(files, catalog, out var cases, out var problems), string.Join('\n', problems));
        Assert.NotEmpty(cases);
        Assert.All(cases, test => Assert.Empty(PolicyTesting.Run(test, catalog).Differences));
    }

    [GeneratedRegex("^```(?<kind>\\w*)\\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
