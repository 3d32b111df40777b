using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Catalog;

namespace CredBroker.Server.Storage;

/// <summary>The files of a catalog as a column keeps them, and back.</summary>
internal static class StoredCatalog
{
    /// <summary>JSON: text by file name.</summary>
    public static string ToColumn(CatalogFiles files) =>
        JsonSerializer.Serialize(files.Contents.ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value.AsSpan())));

    /// <summary>Reads them; false when they are not what had this digest, or no catalog by the rules of this program.</summary>
    public static bool TryRead(string column, int version, ReadOnlySpan<byte> digest, [NotNullWhen(true)] out CatalogSnapshot? snapshot)
    {
        var files = JsonSerializer.Deserialize<Dictionary<string, string>>(column) ?? [];
        var named = files.Select(file => (file.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Value)));
        snapshot = CatalogReader.Read(named) is CatalogReading.Valid valid ? valid.As(version) : null;
        if (snapshot is not null && snapshot.Digest.AsSpan().SequenceEqual(digest)) return true;
        snapshot = null;
        return false;
    }
}
