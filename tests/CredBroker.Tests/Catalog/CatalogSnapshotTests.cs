using CredBroker.Core.Catalog;

namespace CredBroker.Tests.Catalog;

public sealed class CatalogSnapshotTests
{
    [Fact]
    public void Version_0_allows_nothing()
    {
        var empty = CatalogSnapshot.Empty;

        Assert.Equal(0, empty.Version);
        Assert.Empty(empty.Catalog.Workloads);
        Assert.False(empty.Catalog.FindAction(default, default).ToolKnown);
        Assert.Null(empty.Catalog.AllowedTo(default));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(empty.Catalog, new AttestedPeer.Unix { Uid = 0, Gid = 0 }));
    }

    /// <summary>Fixed bytes: the digest is stored with every version, so its definition cannot change.</summary>
    [Fact]
    public void The_digest_is_SHA_256_over_names_lengths_and_contents()
    {
        Assert.True(CatalogFiles.TryCreate([("broker.yaml", "{}"u8.ToArray()), ("a.cedar", "//"u8.ToArray())], out var files, out _));

        // printf '\0\0\0\7a.cedar\0\0\0\2//\0\0\0\13broker.yaml\0\0\0\2{}' | sha256sum
        Assert.Equal("bac82f92165115917da113cedefc63fb84fc70a4a0cdb7670e87b6e7da704251", Hex(CatalogSnapshot.Of(1, BrokerCatalog.Empty, files)));
    }

    [Fact]
    public void The_digest_does_not_depend_on_the_order_of_the_files()
    {
        var files = CatalogText.Files(CatalogText.Of());
        var digests = Permutations(files.ToList()).Select(f => Hex(((CatalogReading.Valid)CatalogReader.Read(f)).As(1))).ToHashSet();

        Assert.Single(digests);
    }

    [Fact]
    public void The_digest_tells_apart_what_runs_together_the_same()
    {
        (string, string)[][] sets =
        [
            [("a.cedar", "bc"), ("b.cedar", "")], [("a.cedar", "b"), ("b.cedar", "c")], [("a.cedar", ""), ("b.cedar", "bc")],
            [("a.cedar", "bc")], [("a.cedarb", "c")], [("a.cedar", "bcb.cedar")],
        ];

        Assert.Equal(sets.Length, sets.Select(s => Hex(Of(s))).Distinct().Count());

        static CatalogSnapshot Of((string Name, string Content)[] set)
        {
            Assert.True(CatalogFiles.TryCreate(
                [("broker.yaml", "{}"u8.ToArray()), .. set.Select(f => (f.Name, (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(f.Content)))],
                out var files, out _));
            return CatalogSnapshot.Of(1, BrokerCatalog.Empty, files);
        }
    }

    [Fact]
    public void An_action_is_found_by_tool_and_name_and_what_is_missing_is_told_apart()
    {
        var catalog = CatalogText.Valid(CatalogText.Of()).Catalog;
        var rule = catalog.Tools.Values.Single().Actions.Values.First().Rule;
        var other = Core.Capabilities.ActionName.TryParse("nothing", out var name) ? name : default;

        Assert.Same(rule, catalog.FindAction(rule.Tool, rule.Action).Rule);
        Assert.Equal(new(true, null), catalog.FindAction(rule.Tool, other));
        Assert.Equal(default, catalog.FindAction(default, rule.Action));
    }

    private static string Hex(CatalogSnapshot snapshot) => Convert.ToHexStringLower(snapshot.Digest.AsSpan());

    private static IEnumerable<List<T>> Permutations<T>(List<T> items) => items.Count < 2
        ? [items]
        : items.SelectMany((first, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (List<T>)[first, .. rest]));
}
