using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CredBroker.Cli;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>
/// Runs a transcript. In what is expected <c>&lt;uuid&gt;</c>, <c>&lt;time&gt;</c>, <c>&lt;token&gt;</c>, <c>&lt;secret&gt;</c>,
/// <c>&lt;number&gt;</c>, <c>&lt;word&gt;</c> and <c>&lt;text&gt;</c> (of any length, over lines) stand for what differs each time;
/// <c>&lt;uuid:task&gt;</c> also keeps it, so that later lines can say <c>$task</c>. <c>&lt;&lt;&lt; word</c> at the end of a command is
/// its standard input. What is written with <c>--json</c> has to be one document.
/// </summary>
internal sealed partial class TranscriptRun(Dictionary<string, string> known)
{
    private readonly StringBuilder _log = new();
    private int _wrong;

    /// <summary>Runs all steps, and fails with the whole transcript as it came out where any of them differs.</summary>
    public async Task RunAsync(IReadOnlyList<Transcript.Step> steps)
    {
        foreach (var step in steps) await RunAsync(step);
        Assert.True(_wrong == 0, $"{_wrong} steps differ; this is how it went:\n\n{_log}");
    }

    private async Task RunAsync(Transcript.Step step)
    {
        var words = Transcript.Words(Filled(step.Command)).ToList();
        var input = "";
        if (words.Count > 1 && words[^2] == "<<<")
        {
            input = words[^1];
            words.RemoveRange(words.Count - 2, 2);
        }

        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var terminal = new Terminal { In = reader, Out = output, Error = error, Environment = name => known.GetValueOrDefault(name) };
        var code = await CommandLine.RunAsync([.. words], terminal, TestContext.Current.CancellationToken);
        var same = code == step.ExitCode & Matches(step.Out, output.ToString()) & Matches(step.Error, error.ToString());
        if (words.Contains("--json")) same &= code == 0 ? IsOneDocument(output.ToString()) : output.ToString().Length == 0 || IsOneDocument(output.ToString());
        if (!same) _wrong++;
        Note(step, same, output.ToString(), error.ToString(), code);
    }

    private bool Matches(string expected, string actual)
    {
        var pattern = Placeholder().Replace(Regex.Escape(Filled(expected)), match =>
        {
            var form = match.Groups["kind"].Value switch
            {
                "uuid" => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                "time" => "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{8,18}Z",
                "token" => @"[\w-]+\.[\w-]+\.[\w-]+",
                "secret" => "[\\w-]{43}",
                "number" => "[0-9]+",
                "word" => @"[^\s""]+",
                _ => ".+",
            };
            var name = match.Groups["name"].Value;
            return name.Length > 0 ? $"(?<{name}>{form})" : $"({form})";
        });
        var found = Regex.Match(actual, $"^{pattern}$", RegexOptions.Singleline);
        foreach (var name in found.Groups.Keys.Where(name => !char.IsAsciiDigit(name[0]))) known[name] = found.Groups[name].Value;
        return found.Success;
    }

    private static bool IsOneDocument(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return text.EndsWith('\n');
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private string Filled(string text) => Variable().Replace(text, match => known.GetValueOrDefault(match.Groups[1].Value, match.Value));

    private void Note(Transcript.Step step, bool same, string output, string error, int code)
    {
        if (!same) _log.Append($"--- line {step.Line} differs; expected\n{step.Out}{Prefixed(step.Error)}? {step.ExitCode}\n--- but\n");
        _log.Append($"$ credbroker {step.Command}\n{output}{Prefixed(error)}");
        if (code != 0) _log.Append($"? {code}\n");
        _log.Append('\n');
    }

    private static string Prefixed(string error) => string.Concat(error.TrimEnd('\n').Split('\n').Where(line => line.Length > 0).Select(line => $"2> {line}\n"));

    // Escaped, as it stands in a pattern: Regex.Escape leaves <, > and : alone.
    [GeneratedRegex("<(?<kind>uuid|time|token|secret|number|word|text)(:(?<name>[a-z]+))?>", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\$([a-z]+)")]
    private static partial Regex Variable();
}
