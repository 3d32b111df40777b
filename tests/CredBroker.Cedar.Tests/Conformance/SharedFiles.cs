using System.Formats.Tar;
using System.IO.Compression;
using CredBroker.Tests.Testing;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>
/// The official vectors and corpus, which are not part of this repository: in <c>../shared/cedar</c> from its root, or in the folder that
/// CEDAR_SHARED names. Tests that need them are skipped where they are absent.
/// </summary>
internal static class SharedFiles
{
    private static readonly string s_folder = Environment.GetEnvironmentVariable("CEDAR_SHARED") ?? Repository.PathOf("../shared/cedar");

    public static string Need(string name)
    {
        var path = Path.Combine(s_folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is absent");
        return path;
    }

    /// <summary>The files of the corpus by name, without their folder.</summary>
    public static Dictionary<string, string> Corpus()
    {
        var files = new Dictionary<string, string>();
        using var packed = new GZipStream(File.OpenRead(Need("corpus-tests.tar.gz")), CompressionMode.Decompress);
        using var archive = new TarReader(packed);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var content = new StreamReader(entry.DataStream);
            files[Path.GetFileName(entry.Name)] = content.ReadToEnd();
        }

        return files;
    }
}
