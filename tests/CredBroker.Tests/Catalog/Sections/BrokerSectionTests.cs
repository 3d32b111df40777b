using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class BrokerSectionTests
{
    [Fact]
    public void What_the_catalog_does_not_say_has_a_default()
    {
        Assert.Equal(BrokerSettings.Default, CatalogText.Valid(CatalogText.Of()).Catalog.Settings);
        Assert.Equal(WorkloadLimits.Default, CatalogText.Valid(CatalogText.Of()).Catalog.Workloads.Values.Single().Limits);
    }

    [Fact]
    public void What_the_catalog_says_holds()
    {
        var settings = CatalogText.Valid(CatalogText.Of(rest: """
            broker: { delegation_depth: 0 }
            ttl: { read: 1h, write: 90s, privileged: 1s }
            prompts: { store: digest }
            """)).Catalog.Settings;

        Assert.Equal((0, PromptStore.Digest), (settings.DelegationDepth, settings.Prompts));
        Assert.Equal(TimeSpan.FromHours(1), settings.TokenLifetimes.For(RiskClass.Read));
        Assert.Equal(TimeSpan.FromSeconds(90), settings.TokenLifetimes.For(RiskClass.Write));
        Assert.Equal(TimeSpan.FromSeconds(1), settings.TokenLifetimes.For(RiskClass.Privileged));
    }

    [Theory]
    [InlineData("broker: {§issuer: 'https://broker.example.test'}", UnknownKey, "unknown key \"issuer\"")] // the process's configuration says it
    [InlineData("broker: {delegation_depth: §9}", OutOfRange, "from 0 to 8")]
    [InlineData("broker: {delegation_depth: §8.0}", WrongType, "a whole number")]
    [InlineData("broker: {§name: x}", UnknownKey, "unknown key \"name\" in \"broker\"; expected delegation_depth or limits")]
    [InlineData("§broker:", MissingKey, "\"broker\" has no value")]
    [InlineData("ttl: {read: §61m}", OutOfRange, "from 1s to 1h")]
    [InlineData("ttl: {read: §0s}", WrongType, "\"read\" is 0s")]
    [InlineData("ttl: {read: §1h30m}", WrongType, "like 90s, 10m or 8h")]
    [InlineData("ttl: {§admin: 5m}", UnknownKey, "unknown key \"admin\"")]
    [InlineData("prompts: {store: §plain}", WrongType, "expected scrubbed or digest")]
    [InlineData("§prompts: {}", MissingKey, "\"store\" is missing")]
    [InlineData("§policy: {}", UnknownKey, "unknown key \"policy\" in the catalog; expected broker, ttl, prompts")]
    [InlineData("§brokers: {}", UnknownKey, "did you mean \"broker\"?")]
    public void Mistakes_are_told_with_their_place(string rest, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(rest: rest), (kind, says));

    [Theory]
    [InlineData("§[]\n", "the catalog is a list")]
    [InlineData("§just text\n", "the catalog is \"just text\"")]
    [InlineData("§42\n", "the catalog is 42")]
    public void A_catalog_is_a_mapping(string marked, string says)
    {
        var (text, marks) = CatalogText.Unmark(marked);
        var error = Assert.Single(CatalogText.Problems(CatalogReader.Read([("broker.yaml", System.Text.Encoding.UTF8.GetBytes(text))])));

        Assert.Equal((WrongType, marks[0]), (error.Kind, error.At));
        Assert.Contains(says, error.Problem, StringComparison.Ordinal);
    }
}
