using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Catalog;

/// <summary>
/// The named files that make up a catalog: <c>broker.yaml</c>, the key sets and bundles it refers to, and <c>*.cedar</c> policies.
/// All of them are what is applied, recorded and digested. Immutable.
/// </summary>
public sealed class CatalogFiles
{
    /// <summary>The file that every catalog has.</summary>
    public const string Main = "broker.yaml";

    /// <summary>Most files in a set (the contract: ApplyCatalogRequest.files).</summary>
    public const int MaxFiles = 64;

    /// <summary>Most bytes in a set (the contract: ApplyCatalogRequest.files).</summary>
    public const int MaxTotalBytes = 4 << 20;

    /// <summary>Longest file name.</summary>
    public const int MaxNameLength = 255;

    private CatalogFiles(ImmutableSortedDictionary<string, ImmutableArray<byte>> contents) => Contents = contents;

    /// <summary>No files: what version 0 of the catalog is made of.</summary>
    public static CatalogFiles None { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableArray<byte>>(StringComparer.Ordinal));

    /// <summary>Content by name, in ordinal order of the names.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<byte>> Contents { get; }

    /// <summary>
    /// Takes a set of files. Refusals: no <see cref="Main"/>, a name that is not a plain relative path, the same name twice,
    /// more than <see cref="MaxFiles"/> or <see cref="MaxTotalBytes"/>; then <paramref name="files"/> is null and every reason is
    /// in <paramref name="errors"/>.
    /// </summary>
    public static bool TryCreate(
        IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> named,
        [NotNullWhen(true)] out CatalogFiles? files,
        out IReadOnlyList<CatalogError> errors)
    {
        ArgumentNullException.ThrowIfNull(named);
        var found = new CatalogErrors();
        var contents = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var (name, content) in named.Take(MaxFiles + 1))
        {
            total += content.Length;
            var at = new SourcePosition(IsName(name) ? name : Quoting.Quote(name), 1, 1);
            if (!IsName(name))
                found.Add(CatalogErrorKind.BadText, at, "not a file name",
                    "letters, digits, \".\", \"_\", \"-\" and \"/\", relative, no segment that begins with \".\"");
            else if (contents.ContainsKey(name))
                found.Add(CatalogErrorKind.DuplicateName, at, "the file is given twice");
            else if (total > MaxTotalBytes)
                found.Add(CatalogErrorKind.TooLarge, at, "the files are too large together", "at most 4 MiB");
            else if (contents.Count == MaxFiles)
                found.Add(CatalogErrorKind.TooLarge, at, "too many files", "at most 64");
            else
                contents.Add(name, [.. content.Span]);
        }
        if (!contents.ContainsKey(Main))
            found.Add(CatalogErrorKind.Dangling, new(Main, 1, 1), "the file is missing");

        errors = found.InReadingOrder();
        files = errors.Count == 0 ? new CatalogFiles(contents.ToImmutable()) : null;
        return files is not null;
    }

    /// <summary>True for the name of a file of example requests: they lie beside a catalog's files, and are none of them.</summary>
    public static bool IsTest(string name) => name.EndsWith(".test.yaml", StringComparison.Ordinal);

    /// <summary>True for the name of a file of policies.</summary>
    internal static bool IsPolicy(string name) => name.EndsWith(".cedar", StringComparison.Ordinal);

    /// <remarks>Also a safe path below a folder: no absolute name, no parent folder, no hidden file.</remarks>
    internal static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && name.Split('/').All(s => s.Length > 0 && s[0] != '.' && s.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
}
