using System.Text;
using CredBroker.Core.Catalog;

namespace CredBroker.Tests.Catalog;

/// <summary>A small valid catalog whose sections a test replaces, one at a time. "§" marks where a mistake is expected.</summary>
internal static class CatalogText
{
    public const char Mark = '§';

    private const string TrustDomains = """
        trust_domains:
          example.test:
            x509:
              bundle_file: bundle.pem
          ci.example.test:
            jwt:
              profile: oidc
              issuer: https://ci.example.test
              audiences: [credbroker]
              jwks_url: https://ci.example.test/keys
          svid.test:
            jwt:
              profile: jwt_svid
              audiences: [credbroker]
              jwks_file: keys.json

        """;

    private const string Tools = """
        tools:
          tickets:
            audience: https://tickets.example.test
            data: internal
            egress: false
            actions:
              read:
                risk: read
                resources: [acme/**]
                parameters:
                  state: { one_of: [open, closed] }
                  limit: { min: 1, max: 100 }
                  query: string
                  deep: bool
                  page: long
              close:
                risk: write

        """;

    private const string Workloads = """
        workloads:
          agent:
            spiffe_id: spiffe://example.test/agent
            owner: team-support
            class: support
            attest:
              - unix: { uid: 1000 }
            allow:
              - tool: tickets
                actions: [read]
                resource: acme/*

        """;

    public static string Of(string? tools = null, string? workloads = null, string? trustDomains = null, string rest = "") =>
        string.Concat(new[] { trustDomains ?? TrustDomains, tools ?? Tools, workloads ?? Workloads, rest }.Select(s => s.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"));

    /// <summary>Reads the text as broker.yaml, with the files that the sections above name.</summary>
    public static CatalogReading Read(string yaml) => CatalogReader.Read(Files(yaml));

    public static CatalogReading Read(byte[] yaml, bool withFiles) =>
        CatalogReader.Read([("broker.yaml", yaml), .. withFiles ? Beside() : []]);

    public static (string Name, ReadOnlyMemory<byte> Content)[] Files(string yaml) =>
        [("broker.yaml", Encoding.UTF8.GetBytes(yaml)), .. Beside()];

    public static (string Name, ReadOnlyMemory<byte> Content)[] Beside() =>
        [("bundle.pem", TrustFiles.BundlePem), ("keys.json", TrustFiles.KeysJson), ("base.cedar", "permit (principal, action, resource);"u8.ToArray())];

    public static CatalogReading.Valid Valid(string yaml)
    {
        var reading = Read(yaml);
        Assert.True(reading is CatalogReading.Valid, reading is CatalogReading.Invalid i ? string.Join('\n', i.Problems) : "");
        return (CatalogReading.Valid)reading;
    }

    public static IReadOnlyList<CatalogError> Problems(CatalogReading reading) => reading switch
    {
        CatalogReading.Invalid invalid => invalid.Problems,
        CatalogReading.Valid valid => valid.Warnings,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The text without its marks, and where they were.</summary>
    public static (string Text, List<SourcePosition> Marks) Unmark(string marked)
    {
        var text = new StringBuilder();
        var marks = new List<SourcePosition>();
        var (line, column) = (1, 1);
        foreach (var c in marked)
        {
            if (c == Mark)
            {
                marks.Add(new("broker.yaml", line, column));
                continue;
            }
            text.Append(c);
            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }
        return (text.ToString(), marks);
    }

    /// <summary>The marked text has exactly these problems, in reading order, each where its mark is.</summary>
    public static void AssertProblems(string marked, params (CatalogErrorKind Kind, string Says)[] expected)
    {
        var (text, marks) = Unmark(marked);
        var found = Problems(Read(text));
        var shown = string.Join('\n', found.Select(e => $"{e.Kind} {e}"));
        Assert.True(expected.Length == marks.Count, "the test needs a mark for each expectation");
        Assert.True(expected.Length == found.Count, $"expected {expected.Length} problems, found:\n{shown}");
        foreach (var ((kind, says), at, error) in expected.Zip(marks, found))
        {
            Assert.True(kind == error.Kind && at == error.At, $"expected {kind} at {at}, found:\n{shown}");
            Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        }
    }
}
