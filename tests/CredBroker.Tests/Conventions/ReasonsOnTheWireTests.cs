using System.Text.RegularExpressions;
using CredBroker.Core;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Conventions;

/// <summary>
/// Every Reason has a test that produces it over the wire: what no caller can bring about has no place in the vocabulary. Looks at the
/// sources of the integration tests for the calls that hold a refusal against its reason.
/// </summary>
public sealed partial class ReasonsOnTheWireTests
{
    private const string Tests = "tests/CredBroker.IntegrationTests";

    // By name: a reason that goes takes its line with it by a red test, not by a build that fails.
    private static readonly Dictionary<string, string> s_exceptions = new(StringComparer.Ordinal)
    {
        ["WrongIssuer"] = "the attestation tests do not have it yet",
        ["SeveralWorkloadsMatch"] = "the attestation tests do not have it yet",
        ["PeerGone"] = "the attestation tests do not have it yet",
        ["NoPeerPidfd"] = "the attestation tests do not have it yet",
        ["TrustBundleAway"] = "the attestation tests do not have it yet",
        ["EvidenceKindNotAllowed"] = "the attestation tests do not have it yet",
    };

    private static readonly HashSet<string> s_produced = [.. Repository.Sources(Tests).SelectMany(Produced)];

    private static IEnumerable<string> Reasons => Enum.GetNames<Reason>().Where(name => name != nameof(Reason.Unspecified));

    [Fact]
    public void Every_reason_is_produced_over_the_wire() => Assert.Empty(Reasons.Except(s_produced).Except(s_exceptions.Keys));

    [Fact]
    public void An_exception_is_of_a_reason_that_nothing_produces()
    {
        Assert.Empty(s_exceptions.Keys.Except(Reasons));
        Assert.Empty(s_exceptions.Keys.Intersect(s_produced));
    }

    [Fact]
    public void The_scan_knows_a_call_that_proves_a_reason_from_one_that_mentions_it()
    {
        Assert.Equal(["NotYourTask"], Proofs("await broker.DeniedAsync(Reason.NotYourTask, call);", "Hosting/X.cs"));
        Assert.Equal(["TooManyTasks"], Proofs("await Refused.AsAsync(\n    Reason.TooManyTasks, call);", "Hosting/X.cs"));
        Assert.Empty(Proofs("// as DeniedAsync(Reason.NotYourTask would", "Hosting/X.cs"));
        Assert.Empty(Proofs("var reason = Reason.NotYourTask;", "Hosting/X.cs"));
        Assert.Equal(["BadSignature"], Proofs("(Reason.BadSignature, Oidc.Sign()), (Reason.FieldMissing, null)", "Attestation/X.cs"));
    }

    private static IEnumerable<string> Produced(string path) => Proofs(Repository.Read(path), path[(Tests.Length + 1)..]);

    private static IEnumerable<string> Proofs(string text, string path)
    {
        var code = Comment().Replace(text, "");
        var proofs = Proof().Matches(code).Select(match => match.Groups["reason"].Value);
        // There evidence is forged in lists that pair each forgery with its reason, and one assertion goes through the list.
        return path.StartsWith("Attestation/", StringComparison.Ordinal)
            ? proofs.Concat(Mention().Matches(code).Select(match => match.Groups["reason"].Value).Where(IsOfEvidence))
            : proofs;
    }

    private static bool IsOfEvidence(string name) => Enum.TryParse<Reason>(name, out var reason) && (int)reason is >= 200 and < 300;

    // DeniedAsync, AsAsync and Is: Hosting/Refused.cs. NamedAsync is RefusalTests' own, for malformed fields.
    [GeneratedRegex(@"\b(?:DeniedAsync|AsAsync|NamedAsync|Refused\.Is)\(\s*Reason\.(?<reason>\w+)")]
    private static partial Regex Proof();

    [GeneratedRegex(@"\bReason\.(?<reason>\w+)")]
    private static partial Regex Mention();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
