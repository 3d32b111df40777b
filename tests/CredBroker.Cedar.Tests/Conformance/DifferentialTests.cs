using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CredBroker.Cedar.Driver;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>
/// Random conditions, mostly well-typed, asked of the official build and of the driver: whether they are valid, and what they decide.
/// Needs node, and the official build in the folder that CEDAR_WASM names; CEDAR_FUZZ is how many conditions, FSCHECK_SEED which.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const string Request = """
        {"principal": {"type": "User", "id": "a"}, "action": {"type": "Action", "id": "view"}, "resource": {"type": "Doc", "id": "d"}, "context": {"c": 1, "co": "a"}, "validateRequest": true,
         "entities": [
           {"uid": {"type": "User", "id": "a"}, "parents": [{"type": "Group", "id": "g"}], "tags": {"t": "v"}, "attrs": {
             "n": 1, "o": 1, "s": "a", "b": true, "home": {"street": "s"}, "boss": {"type": "User", "id": "ghost"}, "set": [1], "friends": [], "ip": "10.0.0.1", "since": "2024-01-01", "age": "1h"}},
           {"uid": {"type": "Doc", "id": "d"}, "parents": [], "attrs": {"owner": {"type": "User", "id": "a"}}}]}
        """;

    [Fact]
    public async Task Random_conditions_are_judged_and_decided_as_by_the_official_build()
    {
        var wasm = Environment.GetEnvironmentVariable("CEDAR_WASM");
        Assert.SkipWhen(string.IsNullOrEmpty(wasm), "CEDAR_WASM names no folder with the official build");
        var oracle = SharedFiles.Need("oracle.mjs");
        var messages = Messages(int.TryParse(Environment.GetEnvironmentVariable("CEDAR_FUZZ"), out var count) ? count : 300);
        using var node = Process.Start(new ProcessStartInfo("node", [oracle]) { RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { ["CEDAR_WASM"] = wasm } })!;
        var asking = Task.Run(async () =>
        {
            foreach (var message in messages) await node.StandardInput.WriteLineAsync(message);
            node.StandardInput.Close();
        });
        var session = new Session();
        var (different, asked) = (new List<string>(), 0);
        foreach (var message in messages)
        {
            var line = await node.StandardOutput.ReadLineAsync();
            Assert.NotNull(line);
            asked++;
            if (Essence(line) != Essence(session.Answer(message))) different.Add($"{message}\n  {line}\n  {session.Answer(message)}");
        }

        await asking;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{asked} questions, {different.Count} differences"));
        // The shortest says it best.
        Assert.Empty(different.OrderBy(text => text.Length).Take(3));
    }

    private static List<string> Messages(int count)
    {
        var messages = new List<string>();
        Properties.Hold(Prop.ForAll(TypedText.Conditions.ToArbitrary(), condition =>
        {
            var policies = $"permit (principal, action == Action::\"view\", resource) when {{ {condition} }};";
            foreach (var op in new[] { "validate", "authorize" })
            {
                var message = JsonNode.Parse(Request)!.AsObject();
                (message["op"], message["schema"], message["policies"], message["inapplicable"]) = (op, Schemas.Text, policies, "warning");
                messages.Add(message.ToJsonString());
            }
        }), count);
        return messages;
    }

    /// <summary>What must be the same of two answers: not the words.</summary>
    private static string Essence(string answer)
    {
        using var read = JsonDocument.Parse(answer);
        var root = read.RootElement;
        if (!root.GetProperty("ok").GetBoolean()) return "refused";
        if (root.TryGetProperty("decision", out var decision)) return $"{decision} {root.GetProperty("reasons")} {root.GetProperty("errors").GetArrayLength()}";
        var isValid = root.GetProperty("valid").GetBoolean();
        return isValid ? $"valid, {root.GetProperty("warnings").GetArrayLength()} warnings" : "invalid";
    }
}
