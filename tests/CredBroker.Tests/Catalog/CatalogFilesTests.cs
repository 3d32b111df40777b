using System.Text;
using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog;

public sealed class CatalogFilesTests
{
    [Theory]
    [InlineData("policies.cedar")]
    [InlineData("policies/agents/support.cedar")]
    [InlineData("A-b_c.0.cedar")]
    public void Policies_may_lie_beside_the_catalog(string name) =>
        Assert.IsType<CatalogReading.Valid>(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), (name, "permit(principal, action, resource);"u8.ToArray())]));

    [Theory]
    [InlineData("../broker.cedar")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b.cedar")]
    [InlineData("a/")]
    [InlineData(".git/config")]
    [InlineData("a\\b.cedar")]
    [InlineData("a b.cedar")]
    [InlineData("é.cedar")]
    [InlineData("")]
    public void A_name_that_is_no_plain_relative_path_is_refused(string name)
    {
        var error = Only(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), (name, default)]));

        Assert.Equal(BadText, error.Kind);
        Assert.StartsWith($"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal)}\":1:1: not a file name", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_without_a_main_file_is_refused()
    {
        Assert.Equal("broker.yaml:1:1: the file is missing", Only(CatalogReader.Read([("keys.json", TrustFiles.KeysJson)])).ToString());
        Assert.Equal("broker.yaml:1:1: the file is missing", Only(CatalogReader.Read([])).ToString());
    }

    [Fact]
    public void The_same_name_twice_is_refused() =>
        Assert.Equal((DuplicateName, "broker.yaml"), KindAndFile(Only(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), ("broker.yaml", default)]))));

    [Fact]
    public void A_file_that_nothing_refers_to_is_refused() =>
        Assert.Equal(
            "signing.key:1:1: nothing refers to this file; expected only files that broker.yaml names, and *.cedar",
            Only(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), ("signing.key", "x"u8.ToArray())])).ToString());

    [Fact]
    public void Every_file_is_text_and_told_where_it_is_not() =>
        Assert.Equal(
            "a.cedar:2:1: not UTF-8; expected text in UTF-8",
            Only(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), ("a.cedar", new byte[] { 10, 0xff })])).ToString());

    [Fact]
    public void A_set_has_a_greatest_number_of_files()
    {
        (string, ReadOnlyMemory<byte>)[] Set(int policies) =>
            [.. CatalogText.Files(CatalogText.Of()), .. Enumerable.Range(0, policies).Select(i => ($"p{i}.cedar", ReadOnlyMemory<byte>.Empty))];

        Assert.IsType<CatalogReading.Valid>(CatalogReader.Read(Set(60)));
        Assert.Equal("p60.cedar:1:1: too many files; expected at most 64", Only(CatalogReader.Read(Set(61))).ToString());
        Assert.Equal("p60.cedar:1:1: too many files; expected at most 64", Only(CatalogReader.Read(Set(1_000_000))).ToString());
    }

    [Fact]
    public void A_set_has_a_greatest_size()
    {
        var half = Enumerable.Repeat((byte)' ', CatalogFiles.MaxTotalBytes / 2).ToArray();

        Assert.Equal((TooLarge, "b.cedar"), KindAndFile(Only(CatalogReader.Read([.. CatalogText.Files(CatalogText.Of()), ("a.cedar", half), ("b.cedar", half)]))));
    }

    [Theory]
    [InlineData("{\"keys\":[]}", "has no key that verifies JWTs")]
    [InlineData("{\"keys\":{}}", "is no JWK Set; expected an object with a list \"keys\"")]
    [InlineData("{\"keys\":[],\"keys\":[]}", "is no JWK Set; expected strict JSON")]
    [InlineData("[]", "is no JWK Set")]
    [InlineData("", "is no JWK Set")]
    [InlineData("-----BEGIN CERTIFICATE-----", "is no JWK Set")]
    public void A_key_set_that_verifies_nothing_is_refused_where_it_is_named(string content, string says) =>
        AssertFile("keys.json", content, "jwks_file: keys.json", says);

    [Theory]
    [InlineData("", "has no certificate to trust")]
    [InlineData("{\"keys\":[]}", "has no certificate to trust; expected 1 to 64 certificates")]
    [InlineData("{\"keys\":1}", "is no JWK Set")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "has no certificate to trust")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "has no certificate to trust")]
    public void A_bundle_that_trusts_nobody_is_refused_where_it_is_named(string content, string says) =>
        AssertFile("bundle.pem", content, "bundle_file: bundle.pem", says);

    [Fact]
    public void A_private_key_among_the_keys_is_refused()
    {
        var good = Encoding.UTF8.GetString(TrustFiles.KeysJson).TrimEnd().TrimEnd('}').TrimEnd(']');
        AssertFile("keys.json", good + ",{\"kty\":\"oct\",\"kid\":\"two\",\"k\":\"AAAA\"}]}", "jwks_file: keys.json", "key 1 of file \"keys.json\" is private");
    }

    [Fact]
    public void A_key_that_will_not_be_used_is_worth_a_warning()
    {
        var good = Encoding.UTF8.GetString(TrustFiles.KeysJson).TrimEnd().TrimEnd('}').TrimEnd(']');
        var warning = Assert.Single(With("keys.json", good + ",{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"two\",\"x\":\"AAAA\"}]}"));

        Assert.True(warning.IsWarning);
        Assert.Contains("key 1 of file \"keys.json\" is not used: not accepted (KeyTypeNotAllowed)", warning.Problem, StringComparison.Ordinal);
    }

    private static void AssertFile(string name, string content, string reference, string says)
    {
        var error = Assert.Single(With(name, content));
        var lines = CatalogText.Of().Split('\n');
        var line = Array.FindIndex(lines, l => l.EndsWith(reference, StringComparison.Ordinal));

        Assert.Equal((BadFile, new SourcePosition("broker.yaml", line + 1, lines[line].Length - name.Length + 1)), (error.Kind, error.At));
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<CatalogError> With(string name, string content) =>
        CatalogText.Problems(CatalogReader.Read(CatalogText.Files(CatalogText.Of())
            .Select(f => f.Name == name ? (name, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(content)) : f)));

    private static CatalogError Only(CatalogReading reading) => Assert.Single(CatalogText.Problems(reading));

    private static (CatalogErrorKind, string) KindAndFile(CatalogError error) => (error.Kind, error.At.File);
}
