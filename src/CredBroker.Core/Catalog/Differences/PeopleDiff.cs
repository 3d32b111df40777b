using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>Differences of administrators and approver groups.</summary>
internal static class PeopleDiff
{
    internal static string Describe(Admin admin) => $"{Show(admin.Proof)}, {Words.And(Roles(admin))}";

    internal static void Add(DifferenceList found, string label, Admin old, Admin @new)
    {
        found.Value(label, "proof", Show(old.Proof), Show(@new.Proof));
        found.Members(label, "gains role", "loses role", Roles(old), Roles(@new));
        found.Value(label, "initiators", Texts(old.Initiators), Texts(@new.Initiators));
        found.Value(label, "teams", Texts(old.Teams), Texts(@new.Teams));
    }

    private static string? Texts(IReadOnlyCollection<string> texts) => texts.Count == 0 ? null : Words.And(texts.Order(StringComparer.Ordinal));

    internal static string Describe(ApproverGroup group) => Words.And(Members(group));

    internal static void Add(DifferenceList found, string label, ApproverGroup old, ApproverGroup @new) =>
        found.Members(label, "gains member", "loses member", Members(old), Members(@new));

    private static IEnumerable<string> Members(ApproverGroup group) =>
        group.Members.Select(m => m.ToString()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Roles(Admin admin) => new (AdminRoles Role, string Word)[]
    {
        (AdminRoles.Viewer, "viewer"), (AdminRoles.Operator, "operator"), (AdminRoles.Approver, "approver"),
        (AdminRoles.PolicyAdmin, "policy_admin"),
    }.Where(r => admin.Roles.HasFlag(r.Role)).Select(r => r.Word);

    private static string Show(AdminProof proof) => proof switch
    {
        AdminProof.UnixUser user => $"unix:uid:{user.Uid}",
        AdminProof.Mtls mtls => mtls.SpiffeId.ToString(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
