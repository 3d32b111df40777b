using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Differences;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class ApprovalsSectionTests
{
    private const string People = """
        admins:
          alice: { uid: 5, roles: [approver], initiators: ["user:alice@example.test"], teams: [team-support, team-red] }
          bob: { uid: 6, roles: [approver] }
        approver_groups:
          sre: [alice, bob]
          security: [alice]

        """;

    [Fact]
    public void All_that_is_said_of_approvals_is_read()
    {
        var catalog = CatalogText.Valid(CatalogText.Of(rest: People + """
            approvals: { expires_after: 5m, use_within: 30s, per_approver_per_hour: 7, quorum: { sre: 2 }, self_approval: true }
            """)).Catalog;

        var settings = catalog.Settings.Approvals;
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30), 7, true),
            (settings.ExpiresAfter, settings.UseWithin, settings.PerApproverPerHour, settings.SelfApproval));
        Assert.Equal(2, settings.QuorumOf([Name("security"), Name("sre")], 1));
        Assert.Equal(1, settings.QuorumOf([Name("security")], 1));
        Assert.Equal(3, settings.QuorumOf([Name("sre")], 3));
        Assert.Equal(["user:alice@example.test"], catalog.Admins[Name("alice")].Initiators);
        Assert.Equal(["team-support", "team-red"], catalog.Admins[Name("alice")].Teams);
    }

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        var settings = CatalogText.Valid(CatalogText.Of(rest: "")).Catalog.Settings.Approvals;

        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10), 30, false),
            (settings.ExpiresAfter, settings.UseWithin, settings.PerApproverPerHour, settings.SelfApproval));
    }

    [Theory]
    [InlineData("approvals: { expires_after: §59s }", OutOfRange, "1m to 1d")]
    [InlineData("approvals: { use_within: §2d }", OutOfRange, "10s to 1d")]
    [InlineData("approvals: { per_approver_per_hour: §0 }", OutOfRange, "a whole number from 1 to 10000")]
    [InlineData("approvals: { quorum: { sre: §3 } }", OutOfRange, "a whole number from 1 to 2")]
    [InlineData("approvals: { quorum: { sr: §1 } }", Dangling, "approver group \"sr\" is not declared; did you mean \"sre\"?")]
    [InlineData("approvals: { self_approval: §maybe }", WrongType, "true or false")]
    [InlineData("approvals: { §self: true }", UnknownKey, "unknown key \"self\"")]
    public void Mistakes_are_told_with_their_place(string rest, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(rest: People + rest), (kind, says));

    [Fact]
    public void Changes_are_told_with_their_effect()
    {
        var before = CatalogText.Valid(CatalogText.Of(rest: People + "approvals: { quorum: { sre: 2 } }"));
        var after = CatalogText.Valid(CatalogText.Of(rest: People.Replace(", team-red", "", StringComparison.Ordinal) + "approvals: { use_within: 1m, self_approval: true }"));

        Assert.Equal(
            [
                (DifferenceEffect.Narrows, "approvals: use_within 10m -> 1m"), (DifferenceEffect.Widens, "approvals: quorum of sre 2 -> 1"),
                (DifferenceEffect.Widens, "approvals: self_approval no -> yes"),
                (DifferenceEffect.Changes, "admin \"alice\": teams team-red and team-support -> team-support"),
            ],
            CatalogDiff.Between(before.As(1), after.As(2)).Select(difference => (difference.Effect, difference.Text)));
    }

    private static CatalogName Name(string text) => CatalogName.TryParse(text, out var name) ? name : throw new ArgumentException(text);
}
