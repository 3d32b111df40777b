using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Conventions;

/// <summary>docs/ARCHITECTURE.md: which project may use which, and that no slice of the server uses another.</summary>
public sealed partial class ArrowsTests
{
    private static readonly Dictionary<string, string[]> s_projects = new()
    {
        ["CredBroker.Cedar"] = [],
        ["CredBroker.Core"] = ["CredBroker.Cedar"],
        ["CredBroker.Grpc"] = [],
        ["CredBroker.Protocol"] = ["CredBroker.Grpc"],
        ["CredBroker.Client"] = ["CredBroker.Core", "CredBroker.Grpc", "CredBroker.Protocol"],
        ["CredBroker.Server"] = ["CredBroker.Core", "CredBroker.Grpc", "CredBroker.Protocol"],
        ["CredBroker.Cli"] = ["CredBroker.Client", "CredBroker.Server"],
    };

    // What any slice may use; Hosting alone sees all.
    private static readonly string[] s_shared = ["Ledger", "Storage", "Keys", "Wire"];

    [Fact]
    public void Projects_refer_only_where_the_arrows_go()
    {
        var found = Directory.EnumerateDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder)!).ToList();
        Assert.Equal(s_projects.Keys.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        foreach (var (project, allowed) in s_projects)
        {
            var references = Reference().Matches(Repository.Read($"src/{project}/{project}.csproj")).Select(match => match.Groups[1].Value);
            Assert.Empty(references.Except(allowed).Select(reference => $"{project} -> {reference}"));
        }
    }

    [Fact]
    public void No_slice_of_the_server_uses_another()
    {
        var wrong = from path in Repository.Sources("src/CredBroker.Server")
                    let parts = path.Split('/')
                    where parts.Length > 3
                    let slice = parts[2]
                    where slice != "Hosting"
                    from Match use in Use().Matches(Repository.Read(path))
                    let used = use.Groups[1].Value
                    where used != slice && !s_shared.Contains(used)
                    select $"{path} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Rules_know_no_input_output_clock_logger_container_or_protobuf()
    {
        string[] forbidden = ["System.Net.Http", "Npgsql", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions", "Microsoft.AspNetCore", "Google.Protobuf", "TimeProvider", "File."];
        var wrong = from path in Repository.Sources("src/CredBroker.Core")
                    let text = Code().Replace(Repository.Read(path), "")
                    from word in forbidden
                    where text.Contains($"using {word}", StringComparison.Ordinal) || text.Contains($" {word}", StringComparison.Ordinal) && word is "TimeProvider"
                    select $"{path}: {word}";
        Assert.Empty(wrong);
    }

    [GeneratedRegex("""<ProjectReference Include="[^"]*/([A-Za-z.]+)\.csproj""")]
    private static partial Regex Reference();

    [GeneratedRegex("""CredBroker\.Server\.(\w+)(?=[;.])""")]
    private static partial Regex Use();

    [GeneratedRegex("""///.*|//.*""")]
    private static partial Regex Code();
}
