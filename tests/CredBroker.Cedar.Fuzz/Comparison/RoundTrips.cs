namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>
/// What our side writes, the official build reads as what it was: each policy as text and as JSON, and the schema as JSON. And what the
/// official build writes, our side reads so.
/// </summary>
internal static class RoundTrips
{
    /// <summary>Questions that are asked after our side has been asked for its own text and JSON.</summary>
    public static async Task<List<Question>> OfAsync(JsonTree asked, IAnswering official, IAnswering ours)
    {
        var questions = new List<Question>();
        var policies = asked["policies"] ?? JsonTree.Of("");
        foreach (var (kind, group) in new[] { ("policy", policies["staticPolicies"]), ("template", policies["templates"]) })
        {
            if (group is not JsonTree.Object { Members: var members }) continue;
            foreach (var (_, policy) in members) await AddAsync(questions, kind, policy, official, ours);
        }

        if (asked["schema"] is { } schema && await AskAsync(ours, "schemaToJson", "schema", schema, "json") is { } written)
            questions.Add(new("validate", Questions.Validate(written, policies).Official, Questions.Validate(schema, policies).Ours));
        return questions;
    }

    private static async Task AddAsync(List<Question> questions, string kind, JsonTree policy, IAnswering official, IAnswering ours)
    {
        var original = Ask("toJson", kind, policy);
        questions.Add(new("toJson", original));
        foreach (var (operation, member) in new[] { ("toText", "text"), ("toJson", "json") })
        {
            if (await AskAsync(ours, operation, kind, policy, member) is { } here) questions.Add(new("toJson", Ask("toJson", kind, here), original));
            if (await AskAsync(official, operation, kind, policy, member) is { } there) questions.Add(new("toJson", original, Ask("toJson", kind, there)));
        }
    }

    private static string Ask(string operation, string member, JsonTree value) => JsonTree.Record(("op", JsonTree.Of(operation)), (member, value)).ToString();

    private static async Task<JsonTree?> AskAsync(IAnswering side, string operation, string member, JsonTree value, string wanted)
    {
        var answers = await side.AskAsync([Ask(operation, member, value)]);
        return answers is [{ } answer] ? JsonTree.Read(answer)[wanted] : null;
    }
}
