using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class AdminsSectionTests
{
    [Fact]
    public void Administrators_and_their_groups_are_read()
    {
        var catalog = CatalogText.Valid(CatalogText.Of(rest: """
            admins:
              alice: { uid: 5, roles: [viewer, approver] }
              bob: { spiffe_id: spiffe://example.test/people/bob, roles: [operator, policy_admin, approver] }
            approver_groups:
              sre: [alice, bob]
            """)).Catalog;

        var alice = catalog.Admins[Name("alice")];
        Assert.Equal((new AdminProof.UnixUser(5), AdminRoles.Viewer | AdminRoles.Approver), (alice.Proof, alice.Roles));
        Assert.Equal("spiffe://example.test/people/bob", Assert.IsType<AdminProof.Mtls>(catalog.Admins[Name("bob")].Proof).SpiffeId.ToString());
        Assert.Equal(["alice", "bob"], catalog.ApproverGroups[Name("sre")].Members.Select(m => m.ToString()));
    }

    [Theory]
    [InlineData("admins: {§a: {roles: [viewer]}}", Contradiction, "admin \"a\" has none; expected exactly one of uid or spiffe_id")]
    [InlineData("admins: {§a: {uid: 1, spiffe_id: spiffe://example.test/a, roles: [viewer]}}", Contradiction, "has uid and spiffe_id")]
    [InlineData("admins: {§a: {uid: 5}}", MissingKey, "\"roles\" is missing in admin \"a\"")]
    [InlineData("admins: {a: {uid: 5, roles: §[]}}", OutOfRange, "empty list")]
    [InlineData("admins: {a: {uid: 5, roles: [§admin]}}", WrongType, "expected viewer, operator, approver or policy_admin")]
    [InlineData("admins: {a: {uid: 5, roles: [viewer, §viewer]}}", DuplicateName, "role \"Viewer\"")]
    [InlineData("admins: {a: {uid: 5, roles: [viewer]}, b: {uid: §5, roles: [viewer]}}", DuplicateName, "administrator's proof \"unix:uid:5\"")]
    [InlineData("admins: {a: {spiffe_id: §spiffe://svid.test/a, roles: [viewer]}}", Contradiction, "no x509 bundle")]
    [InlineData("admins: §[{uid: 5, roles: [viewer]}]", WrongType, "\"admins\" is a list; expected a mapping from admin names")]
    [InlineData("admins: {a: {uid: 5, roles: [viewer]}}\napprover_groups: {g: [§a]}", Contradiction, "admin \"a\" has not the role approver")]
    [InlineData("admins: {a: {uid: 5, roles: [approver]}}\napprover_groups: {g: [§b]}", Dangling, "admin \"b\" is not declared; did you mean \"a\"?")]
    [InlineData("admins: {a: {uid: 5, roles: [approver]}}\napprover_groups: {g: [a, §a]}", DuplicateName, "member \"a\"")]
    [InlineData("admins: {a: {uid: 5, roles: [approver]}}\napprover_groups: {g: §[]}", OutOfRange, "approver group \"g\" is an empty list")]
    public void Mistakes_are_told_with_their_place(string rest, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(rest: rest), (kind, says));

    [Fact]
    public void An_agent_that_runs_as_its_administrator_is_worth_a_warning()
    {
        CatalogText.AssertProblems(CatalogText.Of(rest: "admins: {§a: {uid: 1000, roles: [viewer]}}"),
            (Ambiguous, "warning: admin \"a\" and workload \"agent\" prove themselves alike (unix:uid:1000)"));

        var warning = Assert.Single(CatalogText.Valid(CatalogText.Of(rest: "admins: {a: {uid: 1000, roles: [viewer]}}")).Warnings);
        Assert.True(warning.IsWarning);
    }

    private static CatalogName Name(string text) => CatalogName.TryParse(text, out var name) ? name : throw new ArgumentException(text);
}
