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

    private static readonly HashSet<string> s_produced = [.. Repository.Sources(Tests).SelectMany(Produced)];

    private static IEnumerable<string> Reasons => Enum.GetNames<Reason>().Where(name => name != nameof(Reason.Unspecified));

    [Fact]
    public void Every_reason_is_produced_over_the_wire() => Assert.Empty(Reasons.Except(s_produced));

    [Fact]
    public void The_scan_knows_a_call_that_proves_a_reason_from_one_that_mentions_it()
    {
        Assert.Equal(["NotYourTask"], Proofs("await broker.DeniedAsync(Reason.NotYourTask, call);"));
        Assert.Equal(["TooManyTasks"], Proofs("await Refused.AsAsync(\n    Reason.TooManyTasks, call);"));
        Assert.Empty(Proofs("// as DeniedAsync(Reason.NotYourTask would"));
        Assert.Empty(Proofs("var reason = Reason.NotYourTask;"));
        Assert.Empty(Proofs("(Reason.BadSignature, Oidc.Sign())"));
    }

    private static IEnumerable<string> Produced(string path) => Proofs(Repository.Read(path));

    private static IEnumerable<string> Proofs(string text) => Proof().Matches(Comment().Replace(text, "")).Select(match => match.Groups["reason"].Value);

    // DeniedAsync, AsAsync and Is: Hosting/Refused.cs; DeniedAsync of evidence: Attestation/AttestationBroker.cs. NamedAsync is
    // RefusalTests' own, for malformed fields; NotAllowedAsync is for answers of Authorize: Tokens/AuthorizeScene.cs.
    [GeneratedRegex(@"\b(?:DeniedAsync|AsAsync|NamedAsync|NotAllowedAsync|Refused\.Is)\(\s*Reason\.(?<reason>\w+)")]
    private static partial Regex Proof();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
