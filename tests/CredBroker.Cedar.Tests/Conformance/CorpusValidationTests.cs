using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Tests.Conformance;

/// <summary>
/// Every case of the official corpus by its schema: whether its policies are valid is as recorded, from the text and from the JSON of
/// schema and policies; its entities and requests fit; and what is valid never fails with an error of types.
/// </summary>
public sealed class CorpusValidationTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_recorded_verdict_is_ours_directly_and_after_a_round_trip_through_json()
    {
        var files = SharedFiles.Corpus();
        var cases = files.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith(".entities.json", StringComparison.Ordinal)).ToArray();
        var wrong = new ConcurrentBag<string>();
        var valid = 0;
        Parallel.ForEach(cases, new() { MaxDegreeOfParallelism = 2 }, name => Interlocked.Add(ref valid, Check(name, files, wrong)));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cases.Length} cases, {valid} of them valid"));
        Assert.NotEmpty(cases);
        Assert.Empty(wrong.Order().Take(20));
    }

    private static int Check(string name, Dictionary<string, string> files, ConcurrentBag<string> wrong)
    {
        using var document = JsonDocument.Parse(files[name]);
        string FileOf(string member) => files[Path.GetFileName(document.RootElement.GetProperty(member).GetString()!)];
        var isValid = document.RootElement.GetProperty("shouldValidate").GetBoolean();
        var schema = Schemas.Read(FileOf("schema"));
        var policies = Schemas.Policies(FileOf("policies"));
        foreach (var (form, by, set) in new[] { ("directly", schema, policies), ("as JSON", Schemas.ReadJson(schema.ToJson()), RoundTrips.ThroughJson(policies)) })
        {
            var result = PolicyValidator.Validate(set, by);
            if (result.IsValid != isValid) wrong.Add($"{name}: {form}: {string.Join("; ", result.Errors)}");
        }

        if (!EntityValidator.TryParse(new("entities", FileOf("entities")), schema, out var entities, out var errors))
            wrong.Add($"{name}: {errors[0]}");
        else
            CheckRequests(name, document.RootElement, schema, policies, entities, isValid, wrong);
        return isValid ? 1 : 0;
    }

    private static void CheckRequests(
        string name, JsonElement root, CedarSchema schema, PolicySet policies, EntityStore entities, bool isValid, ConcurrentBag<string> wrong)
    {
        var snapshot = PolicySnapshot.Compile(policies);
        foreach (var expected in root.GetProperty("requests").EnumerateArray())
        {
            var action = Requests.Uid(expected, "action");
            if (!RequestValidator.TryParseContext(new("context", expected.GetProperty("context").GetRawText()), schema, action, out var context, out var errors))
            {
                wrong.Add($"{name}: {errors[0]}");
                continue;
            }

            var request = new CedarRequest(Requests.Uid(expected, "principal"), action, Requests.Uid(expected, "resource"), context);
            if (expected.GetProperty("validateRequest").GetBoolean() && RequestValidator.Validate(request, schema) is [var first, ..]) wrong.Add($"{name}: {first}");
            var result = snapshot.Authorize(request, entities);
            if (!result.Decision.ToString().Equals(expected.GetProperty("decision").GetString(), StringComparison.OrdinalIgnoreCase)) wrong.Add($"{name}: {result.Decision}");
            if (isValid && result.Errors.FirstOrDefault(error => error.Kind is EvaluationErrorKind.WrongKind or EvaluationErrorKind.MissingAttribute) is { } error)
                wrong.Add($"{name}: valid, but {error}");
        }
    }
}
