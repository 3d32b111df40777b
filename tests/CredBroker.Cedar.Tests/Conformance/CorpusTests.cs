using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>
/// Every case of the official corpus: decision, reasons and errors are as recorded, from the text, from its own printing, and from its
/// JSON.
/// </summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_recorded_decision_is_ours_directly_and_after_a_round_trip_through_text_and_json()
    {
        var files = SharedFiles.Corpus();
        var cases = files.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith(".entities.json", StringComparison.Ordinal)).ToArray();
        var wrong = new ConcurrentBag<string>();
        var requests = 0;
        Parallel.ForEach(cases, new() { MaxDegreeOfParallelism = 2 }, name => Interlocked.Add(ref requests, Check(name, files, wrong)));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cases.Length} cases, {requests} requests, each decided three times"));
        Assert.NotEmpty(cases);
        Assert.Empty(wrong.Order().Take(20));
    }

    private static int Check(string name, Dictionary<string, string> files, ConcurrentBag<string> wrong)
    {
        using var document = JsonDocument.Parse(files[name]);
        string FileOf(string member) => Path.GetFileName(document.RootElement.GetProperty(member).GetString()!);
        var entitiesName = FileOf("entities");
        if (!EntityStore.TryParse(new(entitiesName, files[entitiesName]), out var entities, out var errors))
        {
            wrong.Add($"{name}: {errors[0]}");
            return 0;
        }

        var policiesName = FileOf("policies");
        if (!PolicySet.TryParse(new SourceText(policiesName, files[policiesName]), out var policies, out errors))
        {
            wrong.Add($"{name}: {errors[0]}");
            return 0;
        }

        var requests = document.RootElement.GetProperty("requests").EnumerateArray().ToArray();
        foreach (var (form, set) in new[] { ("directly", policies), ("printed", RoundTrips.ThroughText(policies)), ("as JSON", RoundTrips.ThroughJson(policies)) })
        {
            var snapshot = PolicySnapshot.Compile(set);
            for (var i = 0; i < requests.Length; i++)
                if (!IsAsRecorded(snapshot, entities, requests[i], out var got))
                    wrong.Add($"{name}: request {i} {form}: {got}");
        }

        return requests.Length;
    }

    private static bool IsAsRecorded(PolicySnapshot snapshot, EntityStore entities, JsonElement expected, out string got)
    {
        var result = snapshot.Authorize(
            new(Requests.Uid(expected, "principal"), Requests.Uid(expected, "action"), Requests.Uid(expected, "resource"), Requests.Context(expected)), entities);
        got = $"{result.Decision} because of {string.Join(',', result.Reasons)} with {string.Join(',', result.Errors)}";
        return result.Decision.ToString().Equals(expected.GetProperty("decision").GetString(), StringComparison.OrdinalIgnoreCase)
            && Names(expected, "reason").SetEquals(result.Reasons.Select(id => id.Value))
            && Names(expected, "errors").SetEquals(result.Errors.Select(error => error.Policy.Value));
    }

    private static ImmutableHashSet<string> Names(JsonElement expected, string member) =>
        [.. expected.GetProperty(member).EnumerateArray().Select(name => name.GetString()!)];
}
