using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Docs;

/// <summary>docs/controls.md: each control is shown by a test that is there, and no part of the lists that it maps to was forgotten.</summary>
public sealed partial class ControlsTests
{
    private static readonly string s_page = File.ReadAllText(Repository.PathOf("docs/controls.md"));

    public static TheoryData<string> Rows() => [.. Row().Matches(s_page).Select(row => row.Value)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_control_is_shown_by_a_test_that_is_there(string row)
    {
        var shown = TestName().Matches(row);

        Assert.NotEmpty(shown);
        Assert.All(shown, test =>
        {
            var files = Directory.EnumerateFiles(Repository.PathOf("tests"), $"{test.Groups["class"].Value}.cs", SearchOption.AllDirectories);
            Assert.Contains(files, file => File.ReadAllText(file).Contains($" {test.Groups["method"].Value}(", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Every_risk_layer_and_function_has_a_control()
    {
        var rows = string.Join('\n', Row().Matches(s_page).Select(row => row.Value));
        string[] wanted =
        [
            .. Enumerable.Range(1, 10).Select(risk => $"ASI{risk:D2}"), .. Enumerable.Range(1, 7).Select(layer => $"L{layer}"),
            "GOVERN", "MAP", "MEASURE", "MANAGE",
        ];

        Assert.DoesNotContain(wanted, one => !Regex.IsMatch(rows, $@"\b{one}\b"));
    }

    [GeneratedRegex(@"^\| (?!Control |--).*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<method>\w+)`")]
    private static partial Regex TestName();
}
