using System.Text.Json;
using System.Text.Json.Nodes;
using CredBroker.Cedar.Driver;
using CredBroker.Tests.Testing;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>
/// Answers of the official build, release 4.13, to questions about schemas, validation, and what is read by a schema: ours are the same,
/// through the driver as any harness would ask.
/// </summary>
public sealed class SchemaVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Kept_vectors_are_answered_as_recorded() =>
        Check(File.ReadLines(Repository.PathOf("tests/CredBroker.Cedar.Tests/Conformance/schema-vectors.jsonl")));

    [Fact]
    public void All_vectors_with_a_schema_are_answered_as_recorded() => Check(File.ReadLines(SharedFiles.Need("vectors.jsonl")));

    private void Check(IEnumerable<string> lines)
    {
        var session = new Session();
        var asked = 0;
        var wrong = new List<string>();
        foreach (var line in lines)
        {
            var vector = JsonNode.Parse(line)!.AsObject();
            var input = vector["input"]!.AsObject();
            if (!input.ContainsKey("schema")) continue;
            input["op"] = (string?)input["op"] switch
            {
                null => "authorize",
                "schema" => "parseSchema",
                var op => op,
            };
            // The default is what releases up to 4.12 did.
            input["inapplicable"] = "warning";
            using var answer = JsonDocument.Parse(session.Answer(input.ToJsonString()));
            asked++;
            if (!IsAsRecorded(vector["expect"]!.AsObject(), answer.RootElement)) wrong.Add($"{vector["id"]}: {answer.RootElement}");
        }

        output.WriteLine($"{asked} vectors");
        Assert.True(asked > 200);
        Assert.Empty(wrong);
    }

    private static bool IsAsRecorded(JsonObject expected, JsonElement answer)
    {
        var isFine = answer.GetProperty("ok").GetBoolean();
        if (expected.ContainsKey("reject")) return !isFine;
        if (!isFine) return false;
        if (expected.ContainsKey("ok")) return true;
        if (expected["decision"] is { } decision) return (string?)decision == answer.GetProperty("decision").GetString();
        var isValid = answer.GetProperty("valid").GetBoolean();
        return isValid == (bool)expected["valid"]!
            && expected["errorPolicies"]!.AsArray().Select(id => (string?)id).ToHashSet().SetEquals(answer.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("policy").GetString()))
            && (!isValid || (int)expected["warnings"]! > 0 == answer.GetProperty("warnings").GetArrayLength() > 0);
    }
}
