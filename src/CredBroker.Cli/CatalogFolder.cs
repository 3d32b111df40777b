using CredBroker.Core.Catalog;

namespace CredBroker.Cli;

/// <summary>A catalog on disk: every file below a folder but hidden ones, named by its path from there; and the example requests beside them.</summary>
internal static class CatalogFolder
{
    /// <summary>Reads the catalog's files. One more than a catalog may have, or one byte, is enough to be refused by whoever checks them.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> Read(DirectoryInfo folder) => Read(folder, name => !CatalogFiles.IsTest(name));

    /// <summary>Reads the files of example requests, which are no part of the catalog. As many and as much as a catalog may have.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> ReadTests(DirectoryInfo folder) => Read(folder, CatalogFiles.IsTest);

    private static List<(string Name, ReadOnlyMemory<byte> Content)> Read(DirectoryInfo folder, Predicate<string> isWanted)
    {
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        var left = CatalogFiles.MaxTotalBytes + 1L;
        foreach (var path in Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder.FullName, path);
            if (!isWanted(name) || name.Split('/').Any(part => part.StartsWith('.'))) continue;
            if (files.Count > CatalogFiles.MaxFiles || left <= 0) break;
            var content = ReadUpTo(path, left);
            left -= content.Length;
            files.Add((name, content));
        }

        return files;
    }

    private static byte[] ReadUpTo(string path, long bytes)
    {
        using var file = File.OpenRead(path);
        var content = new byte[Math.Min(file.Length, bytes)];
        file.ReadExactly(content);
        return content;
    }
}
