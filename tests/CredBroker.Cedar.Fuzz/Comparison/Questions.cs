namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>What is asked about a case.</summary>
internal static class Questions
{
    private const string Set = "case";

    /// <summary>Preparing comes first, policies and schema apart, so that one may be refused without the other.</summary>
    public static List<Question> Of(JsonTree asked)
    {
        var (schema, policies) = (asked["schema"] ?? JsonTree.Of(""), asked["policies"] ?? JsonTree.Of(""));
        var name = ("name", JsonTree.Of(Set));
        var all = new List<Question>
        {
            new("prepare", JsonTree.Record(("op", JsonTree.Of("prepare")), name, ("policies", policies))),
            new("prepare", JsonTree.Record(("op", JsonTree.Of("prepare")), name, ("schema", schema))),
        };
        // The entities are long, and the same for all.
        var rest = $",\"op\":\"run\",\"name\":\"{Set}\",\"entities\":{asked["entities"] ?? JsonTree.List([])}}}";
        all.AddRange((asked["requests"] ?? JsonTree.Null).Items.Select(request => new Question("run", $"{request.ToString()[..^1]}{rest}")));
        all.Add(Validate(schema, policies));
        all.AddRange((asked["questions"] ?? JsonTree.Null).Items.Where(IsWhole).Select(question => new Question(((question["op"] ?? JsonTree.Null) as JsonTree.Text)?.Value ?? "", question)));
        return all;
    }

    /// <summary>Shrinking may take away what a question is about.</summary>
    private static bool IsWhole(JsonTree question) => question["op"] is JsonTree.Text { Value: var operation } && question[operation switch
    {
        "parse" => "policies",
        "parseSchema" => "schema",
        "parseContext" => "context",
        _ => "entities",
    }] is not null;

    public static Question Validate(JsonTree schema, JsonTree policies) => new("validate", JsonTree.Record(("op", JsonTree.Of("validate")), ("schema", schema), ("policies", policies)));

    /// <summary>True for a request that is decided by the schema.</summary>
    public static bool NeedsSchema(Question question) => question.Kind == "run" && question.Ours.Contains("\"useSchema\":true", StringComparison.Ordinal);
}
