using CredBroker.Core.Catalog;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Catalog;

/// <summary>The catalog that the README runs.</summary>
public sealed class SampleCatalogTests
{
    [Fact]
    public void It_passes_the_strict_reader_without_a_warning() => Assert.Empty(Sample().Warnings);

    [Fact]
    public void An_agent_and_a_backend_of_one_user_are_told_apart_by_their_executables()
    {
        var catalog = Sample().Catalog;
        var peer = new AttestedPeer.Unix { Uid = 1000, Gid = 1000 };

        Assert.Equal("support-agent", Match(peer with { Executable = "/usr/bin/python3.11" }));
        Assert.Equal("tickets-api", Match(peer with { Executable = "/usr/bin/node" }));
        Assert.Equal("", Match(peer));
        Assert.Equal("", Match(peer with { Uid = 1001, Executable = "/usr/bin/node" }));

        string Match(AttestedPeer.Unix facts) => WorkloadMatch.Find(catalog, facts) is WorkloadMatch.One one ? one.Workload.Name.ToString() : "";
    }

    [Fact]
    public void Lines_that_the_machine_decides_are_marked_for_the_script()
    {
        var marked = Text().Split('\n').Where(l => l.EndsWith("# set by scripts/up", StringComparison.Ordinal));

        Assert.Equal([.. Enumerable.Repeat<string[]>(["uid", "executable"], 5).SelectMany(pair => pair), "uid"], marked.Select(l => l.Trim().Split(':')[0]));
    }

    internal static CatalogReading.Valid Sample()
    {
        var reading = CatalogReader.Read(Directory.EnumerateFiles(Repository.PathOf("catalog"))
            .Where(path => !CatalogFiles.IsTest(path)).Select(path => (Path.GetFileName(path), (ReadOnlyMemory<byte>)File.ReadAllBytes(path))));
        Assert.True(reading is CatalogReading.Valid, reading is CatalogReading.Invalid i ? string.Join('\n', i.Problems) : "");
        return (CatalogReading.Valid)reading;
    }

    internal static string Text() => File.ReadAllText(Repository.PathOf("catalog/broker.yaml"));
}
