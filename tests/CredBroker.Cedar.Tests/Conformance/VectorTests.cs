using System.Text.Json;
using CredBroker.Cedar.Driver;
using CredBroker.Tests.Testing;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>Answers of the official build to questions about every rule: ours are the same, through the driver as any harness would ask.</summary>
public sealed class VectorTests(ITestOutputHelper output)
{
    // The official build has this function by an experimental flag; the language does not.
    private const string Experimental = "expr|unknown(\"x\")";

    [Fact]
    public void Kept_vectors_are_answered_as_recorded() =>
        Check(File.ReadLines(Repository.PathOf("tests/CredBroker.Cedar.Tests/Conformance/vectors.jsonl")));

    [Fact]
    public void All_vectors_without_schema_are_answered_as_recorded() => Check(File.ReadLines(SharedFiles.Need("vectors.jsonl")));

    private void Check(IEnumerable<string> lines)
    {
        var session = new Session();
        var asked = 0;
        var wrong = new List<string>();
        foreach (var line in lines)
        {
            using var vector = JsonDocument.Parse(line);
            var input = vector.RootElement.GetProperty("input");
            var id = vector.RootElement.GetProperty("id").GetString();
            if (input.TryGetProperty("op", out _) || input.TryGetProperty("schema", out _) || id == Experimental) continue;
            using var answer = JsonDocument.Parse(session.Answer(input));
            asked++;
            if (!IsAsRecorded(vector.RootElement.GetProperty("expect"), answer.RootElement)) wrong.Add($"{id}: {answer.RootElement}");
        }

        output.WriteLine($"{asked} vectors");
        Assert.True(asked > 200);
        Assert.Empty(wrong);
    }

    private static bool IsAsRecorded(JsonElement expected, JsonElement answer)
    {
        if (expected.TryGetProperty("reject", out _)) return !answer.GetProperty("ok").GetBoolean();
        return answer.GetProperty("ok").GetBoolean()
            && expected.GetProperty("decision").GetString() == answer.GetProperty("decision").GetString()
            && Texts(expected.GetProperty("reasons")).SequenceEqual(Texts(answer.GetProperty("reasons")))
            && Texts(expected.GetProperty("errors")).SequenceEqual(answer.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("policy").GetString()));
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString());
}
