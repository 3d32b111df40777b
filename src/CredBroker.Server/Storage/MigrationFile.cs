using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Server.Storage;

/// <summary>One of the files of <c>migrations/</c>, as it was built into this program.</summary>
/// <param name="Id">Its name without the ending, such as <c>0001_initial</c>: the order of application.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
internal sealed record MigrationFile(string Id, string Sql, byte[] Digest)
{
    private const string Prefix = "migrations/";
    private const string Ending = ".sql";

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<MigrationFile> All { get; } =
        [.. typeof(MigrationFile).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Ending, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Read)];

    private static MigrationFile Read(string resource)
    {
        using var stream = typeof(MigrationFile).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not built in");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var bytes = copy.ToArray();
        return new(resource[Prefix.Length..^Ending.Length], Encoding.UTF8.GetString(bytes), SHA256.HashData(bytes));
    }
}
