using System.Text.RegularExpressions;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Conventions;

/// <summary>
/// Replicas remember live tokens until the feed of revocations says otherwise (decision 22): whoever ends a token, a task or a key leaves a
/// line in the feed, and there are few who do.
/// </summary>
public sealed partial class EndingsTests
{
    [Fact]
    public void Whoever_ends_something_leaves_a_line_in_the_feed()
    {
        var ending = Repository.Sources("src/CredBroker.Server").Where(path => Ending().IsMatch(Repository.Read(path))).ToList();

        Assert.Equal(["EmergencyStop.cs", "RevokeToken.cs", "TaskEnding.cs"], ending.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.All(ending, path => Assert.Matches(Line(), Repository.Read(path)));
    }

    // A task's deadline, and the end of a token, stay what they were when somebody was told.
    [Fact]
    public void Nobody_brings_forward_when_something_ends() =>
        Assert.DoesNotContain(Repository.Sources("src/CredBroker.Server"), path => Sooner().IsMatch(Repository.Read(path)));

    [GeneratedRegex(@"(SET|,)\s+(revoked_at = |state = 2\b)|DELETE FROM (signing_keys|tokens|tasks)\b|\b(SigningKeys|Tokens|Tasks)\.(Remove|.*Execute(Delete|Update))")]
    private static partial Regex Ending();

    [GeneratedRegex(@"Revocations\.RecordAsync|INSERT INTO revocations")]
    private static partial Regex Line();

    [GeneratedRegex(@"UPDATE (tasks|tokens)\b[^""]*\b(deadline|expires_at) = ")]
    private static partial Regex Sooner();
}
