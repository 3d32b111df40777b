using System.Collections.Immutable;
using CredBroker.Core.Catalog.Yaml;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>
/// The files beside broker.yaml. What the catalog refers to must be there, and what is there must be referred to: a file that lies in
/// the folder by accident (a private key, a note) must not be stored with every version.
/// </summary>
internal sealed class ReferencedFiles(CatalogFiles files, CatalogErrors errors)
{
    private readonly HashSet<string> used = [CatalogFiles.Main];

    /// <summary>The content of the file that the field names; null, and reported, when the set has none.</summary>
    internal (string Name, ImmutableArray<byte> Content)? Resolve(Field field)
    {
        if (field.Text("the name of a file beside broker.yaml", CatalogFiles.MaxNameLength) is not { } name)
            return null;
        if (files.Contents.TryGetValue(name, out var content) && name != CatalogFiles.Main)
        {
            used.Add(name);
            return (name, content);
        }
        field.Report(CatalogErrorKind.Dangling, $"file {Quoting.Quote(name)} is not in the catalog",
            "the name of a file beside broker.yaml", () => Nearest.To(name, files.Contents.Keys.Where(k => k != CatalogFiles.Main)));
        return null;
    }

    /// <summary>The policies, file by file: all that is called so is one.</summary>
    internal List<PolicyFile> Policies()
    {
        var read = new List<PolicyFile>();
        foreach (var (name, content) in files.Contents.Where(f => CatalogFiles.IsPolicy(f.Key)))
            if (SourceText.Decode(name, content.AsSpan(), errors) is { } text)
                read.Add(PolicyFile.Read(name, text, errors));
        return read;
    }

    /// <summary>Reports files that nothing refers to, and files that are no text: what is applied is shown to people.</summary>
    internal void ReportStrays()
    {
        foreach (var (name, content) in files.Contents.Where(f => f.Key != CatalogFiles.Main && !CatalogFiles.IsPolicy(f.Key)))
        {
            SourceText.Decode(name, content.AsSpan(), errors);
            if (!used.Contains(name))
                errors.Add(CatalogErrorKind.BadFile, new(name, 1, 1), "nothing refers to this file",
                    "only files that broker.yaml names, and *.cedar");
        }
    }
}
