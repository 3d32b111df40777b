using System.Globalization;
using System.Text.RegularExpressions;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Server.Hosting;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Testing;
using Grpc.Core;

namespace CredBroker.Tests.Docs;

/// <summary>docs/error-reasons.md says of every reason what the code does with it.</summary>
public sealed partial class ErrorReasonsTests
{
    // Whoever is told that an approval is needed is told which one: without it this denial is one like the others.
    private static readonly ApprovalNeeded s_needed = new(ApprovalId.New(DateTimeOffset.UnixEpoch), Make.Capability("mail", "send", "a"), [], DateTimeOffset.UnixEpoch);

    [Fact]
    public void Every_reason_has_one_row_and_every_row_a_reason()
    {
        var documented = Rows().Select(row => (row.Number, row.Name)).ToList();
        var coded = Enum.GetValues<Reason>().Where(reason => reason != Reason.Unspecified)
            .Select(reason => (Number: (int)reason, Name: StatusMap.NameOf(reason))).ToList();

        Assert.Equal(coded, documented);
    }

    [Fact]
    public void The_status_of_a_row_is_the_one_that_callers_get()
    {
        Assert.All(Rows(), row => Assert.Equal(UpperSnakeCase(StatusMap.CodeOf((Reason)row.Number)), row.Status));
    }

    [Fact]
    public void What_is_hidden_from_callers_is_said_to_be()
    {
        Assert.All(Rows(), row =>
        {
            var approval = (Reason)row.Number == Reason.ApprovalRequired ? s_needed : null;
            var hidden = StatusMap.Of(new Refusal((Reason)row.Number), null, mayKnow: false, approval: approval).Status.Detail == "denied";
            Assert.Equal(hidden ? "audit" : "caller", row.SeenBy);
        });
    }

    [Fact]
    public void Every_row_says_what_to_do()
    {
        Assert.All(Rows(), row => Assert.EndsWith(".", row.Advice, StringComparison.Ordinal));
    }

    private static List<Row> Rows()
    {
        var text = File.ReadAllText(Repository.PathOf("docs/error-reasons.md"));
        var rows = RowPattern().Matches(text).Select(match => new Row(
            int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["name"].Value, match.Groups["status"].Value,
            match.Groups["seen"].Value, match.Groups["advice"].Value)).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    private static string UpperSnakeCase(StatusCode code) =>
        WordStart().Replace(code.ToString(), "_").ToUpperInvariant();

    private sealed record Row(int Number, string Name, string Status, string SeenBy, string Advice);

    [GeneratedRegex(@"^\| (?<number>\d+) \| `(?<name>\w+)` \| `(?<status>\w+)` \| (?<seen>\w+) \| (?<advice>[^|]+?) \|$", RegexOptions.Multiline)]
    private static partial Regex RowPattern();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
