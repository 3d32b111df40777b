using CredBroker.Cedar.Fuzz;
using CredBroker.Cedar.Fuzz.Cases;
using CredBroker.Cedar.Fuzz.Comparison;
using CredBroker.Cedar.Fuzz.Shrinking;

namespace CredBroker.Cedar.Tests.Differential;

/// <summary>A side that is wrong is found out, and the case made small.</summary>
public sealed class ExaminerTests
{
    [Theory]
    [InlineData("\"decision\":\"allow\"", "\"decision\":\"deny\"", "run")]
    [InlineData("\"valid\":true", "\"valid\":false", "validate")]
    [InlineData("\"op\":\"All\"", "\"op\":\"all\"", "toJson")]
    public async Task A_wrong_answer_is_a_difference(string right, string wrong, string kind)
    {
        var examiner = new Examiner(new Liar(right, wrong), new InProcess());
        var found = new List<Difference>();
        for (var seed = 0UL; seed < 40; seed++) found.AddRange(await examiner.ExamineAsync(CaseMaker.Make(seed), new Totals()));

        Assert.Contains(found, difference => difference.Question.Kind == kind);
    }

    [Fact]
    public async Task A_case_that_differs_is_made_small()
    {
        // Whoever thinks that `like` fails.
        var examiner = new Examiner(new Liar(" like ", " is "), new InProcess());
        var seed = 0UL;
        while ((await examiner.ExamineAsync(CaseMaker.Make(seed), new Totals())).All(difference => difference.Question.Kind != "prepare")) seed++;

        var small = await new Shrinker(async asked => (await examiner.ExamineAsync(asked, new Totals())).Any(difference => difference.Question.Kind == "prepare")).ShrinkAsync(CaseMaker.Make(seed));

        Assert.InRange(small.ToString().Length, 1, 200);
        Assert.Contains(" like ", small.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_dies_over_a_question_is_counted_and_no_difference()
    {
        var totals = new Totals();

        Assert.Empty(await new Examiner(new Dead(), new InProcess()).ExamineAsync(CaseMaker.Make(1), totals));

        Assert.Equal(1, totals.Deaths);
    }

    [Fact]
    public async Task A_program_that_dies_is_started_again()
    {
        using var program = new LineProcess("sh", "-c", "read a; echo $a; read a; [ $a = die ] && exit; echo $a; cat");

        Assert.Equal(["1", null, null], await program.AskAsync(["1", "die", "2"]));
        Assert.Equal(["3", "4", "5"], await program.AskAsync(["3", "4", "5"]));
        Assert.Equal(["6"], await program.AskAsync(["6"]));
    }

    [Fact]
    public void Json_is_kept_as_it_is_written()
    {
        const string text = """{"a":1.0,"a":[9223372036854775808,-0,1E5,null,true],"\u00E9":{"":"\n"}}""";

        Assert.Equal(text, JsonTree.Read(text).ToString());
    }

    /// <summary>Our side, with other words in question or answer.</summary>
    private sealed class Liar(string right, string wrong) : IAnswering
    {
        private readonly InProcess _inner = new();

        public async Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> messages) =>
            [.. (await _inner.AskAsync([.. messages.Select(Lie)])).Select(answer => Lie(answer!))];

        private string Lie(string text) => text.Replace(right, wrong, StringComparison.Ordinal);
    }

    private sealed class Dead : IAnswering
    {
        public Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> messages) => Task.FromResult<IReadOnlyList<string?>>(new string?[messages.Count]);
    }
}
