using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Docs;

/// <summary>What the documents refer to is there.</summary>
public sealed partial class LinksTests
{
    public static TheoryData<string> Documents() =>
        [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md"))
            .Select(path => Path.GetRelativePath(Repository.PathOf("."), path))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_of_a_document_leads_to_a_file(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var broken = Link().Matches(File.ReadAllText(Repository.PathOf(document))).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target)));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_source_file_that_a_document_names_is_there(string document)
    {
        var missing = SourcePath().Matches(File.ReadAllText(Repository.PathOf(document))).Select(match => match.Groups["path"].Value)
            .Where(path => !path.Contains("NNNN", StringComparison.Ordinal) && !Path.Exists(Repository.PathOf(path)));

        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(src|samples|scripts|protos|migrations|catalog|tests)/[\w./-]+)`")]
    private static partial Regex SourcePath();
}
