namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>An answer as far as it must be the same: no messages, no order.</summary>
/// <param name="IsFine">False when the question was refused.</param>
/// <param name="Essence">What else must be equal.</param>
/// <param name="IsAllowed">A decision to allow.</param>
/// <param name="Policies">Policies with errors.</param>
internal sealed record Answer(bool IsFine, string Essence, bool IsAllowed, int Policies)
{
    private static readonly Answer s_refused = new(false, "", false, 0);

    public static Answer Read(string kind, string line)
    {
        var json = JsonTree.Read(line);
        if (json["ok"] is not JsonTree.Bare { Token: "true" }) return s_refused;
        var failing = (json["errors"] ?? JsonTree.Null).Items.Select(error => Text(error["policy"])).Distinct().Order(StringComparer.Ordinal).ToArray();
        return kind switch
        {
            "run" => new(
                true,
                $"{Text(json["decision"])} because of {Names((json["reasons"] ?? JsonTree.Null).Items.Select(Text))}, errors in {Names(failing)}",
                Text(json["decision"]) == "allow",
                failing.Length),
            "validate" => new(true, $"valid: {json["valid"]}, errors in {Names(failing)}", false, failing.Length),
            "toJson" => new(true, $"{NormalForm.Of(json["json"] ?? JsonTree.Null)}", false, 0),
            _ => new(true, "", false, 0),
        };
    }

    public bool IsAs(Answer other) => IsFine == other.IsFine && Essence == other.Essence;

    private static string Names(IEnumerable<string> names) => $"[{string.Join(", ", names.Order(StringComparer.Ordinal))}]";

    private static string Text(JsonTree? json) => json is JsonTree.Text { Value: var text } ? text : "";
}
