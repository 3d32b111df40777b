using CredBroker.Cedar.Driver;
using CredBroker.Cedar.Fuzz;
using CredBroker.Cedar.Fuzz.Comparison;
using CredBroker.Tests.Testing;

namespace CredBroker.Cedar.Tests.Differential;

/// <summary>What random cases have found to differ, and what is next to it: answers of the official build, release 4.12, which are ours now.</summary>
public sealed class FoundTests
{
    public static TheoryData<string> Found =>
        [.. File.ReadLines(Repository.PathOf("tests/CredBroker.Cedar.Tests/Differential/found.jsonl")).Select(line => ((JsonTree.Text)JsonTree.Read(line)["about"]!).Value)];

    [Theory]
    [MemberData(nameof(Found))]
    public void A_difference_that_was_found_is_gone(string about)
    {
        var found = File.ReadLines(Repository.PathOf("tests/CredBroker.Cedar.Tests/Differential/found.jsonl")).Select(JsonTree.Read).Single(line => line["about"] == JsonTree.Of(about));
        var (message, expected) = (found["message"]!, found["answer"]!);
        var operation = ((JsonTree.Text)message["op"]!).Value;
        var kind = operation == "authorize" ? "run" : operation;

        var answer = new Session().Answer($"{message}");

        Assert.True(Answer.Read(kind, $"{expected}").IsAs(Answer.Read(kind, answer)), $"{message}\nexpected {expected}\ngot {answer}");
    }
}
