namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>What is asked about a case.</summary>
internal static class Questions
{
    private const string Set = "case";

    /// <summary>Preparing comes first, policies and schema apart, so that one may be refused without the other.</summary>
    public static List<Question> Of(Json asked)
    {
        var (schema, policies) = (asked["schema"] ?? Json.Of(""), asked["policies"] ?? Json.Of(""));
        var name = ("name", Json.Of(Set));
        var all = new List<Question>
        {
            new("prepare", Json.Record(("op", Json.Of("prepare")), name, ("policies", policies))),
            new("prepare", Json.Record(("op", Json.Of("prepare")), name, ("schema", schema))),
        };
        // The entities are long, and the same for all.
        var rest = $",\"op\":\"run\",\"name\":\"{Set}\",\"entities\":{asked["entities"] ?? Json.List([])}}}";
        all.AddRange((asked["requests"] ?? Json.Null).Items.Select(request => new Question("run", $"{request.ToString()[..^1]}{rest}")));
        all.Add(Validate(schema, policies));
        all.AddRange((asked["questions"] ?? Json.Null).Items.Where(IsWhole).Select(question => new Question(((question["op"] ?? Json.Null) as Json.Text)?.Value ?? "", question)));
        return all;
    }

    /// <summary>Shrinking may take away what a question is about.</summary>
    private static bool IsWhole(Json question) => question["op"] is Json.Text { Value: var operation } && question[operation switch
    {
        "parse" => "policies",
        "parseSchema" => "schema",
        _ => "entities",
    }] is not null;

    public static Question Validate(Json schema, Json policies) => new("validate", Json.Record(("op", Json.Of("validate")), ("schema", schema), ("policies", policies)));

    /// <summary>True for a request that is decided by the schema.</summary>
    public static bool NeedsSchema(Question question) => question.Kind == "run" && question.Ours.Contains("\"useSchema\":true", StringComparison.Ordinal);
}
