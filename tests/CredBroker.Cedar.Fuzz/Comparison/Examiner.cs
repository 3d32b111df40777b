namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>Two answers that should be the same.</summary>
internal sealed record Difference(Question Question, string Official, string Ours);

/// <summary>Asks both sides about a case.</summary>
internal sealed class Examiner(IAnswering official, IAnswering ours)
{
    /// <summary>All differences; what was seen besides is added to the totals.</summary>
    public async Task<List<Difference>> ExamineAsync(JsonTree asked, Totals totals)
    {
        var questions = Questions.Of(asked);
        var differences = await CompareAsync(questions, asked, totals);
        if (asked["roundTrips"] is JsonTree.Bare { Token: "true" })
            differences.AddRange(await CompareAsync(await RoundTrips.OfAsync(asked, official, ours), asked, totals));
        totals.Cases++;
        return differences;
    }

    private async Task<List<Difference>> CompareAsync(List<Question> questions, JsonTree asked, Totals totals)
    {
        var theirs = official.AskAsync([.. questions.Select(question => question.Official)]);
        var own = await ours.AskAsync([.. questions.Select(question => question.Ours)]);
        var differences = new List<Difference>();
        var isPrepared = new List<bool>();
        for (var i = 0; i < questions.Count; i++)
        {
            if ((await theirs)[i] is not { } there)
            {
                totals.Deaths++;
                break;
            }

            var question = questions[i];
            if (own[i] is not { } here)
            {
                differences.Add(new(question, there, "(died)"));
                break;
            }

            // A set or a schema that was not prepared is whichever was prepared before: nothing can be compared.
            if (question.Kind == "run" && !(isPrepared[0] && (isPrepared[1] || !Questions.NeedsSchema(question)))) continue;
            var (expected, got) = (Answer.Read(question.Kind, there), Answer.Read(question.Kind, here));
            if (question.Kind == "prepare") isPrepared.Add(expected.IsFine && got.IsFine);
            totals.Add(question.Kind, got, asked);
            if (!expected.IsAs(got)) differences.Add(new(question, there, here));
        }

        return differences;
    }
}
