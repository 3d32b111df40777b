using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>approver_groups</c>: who decides approvals.</summary>
internal static class ApproverGroupsSection
{
    private const int MaxGroups = 256;
    private const int MaxMembers = 256;

    internal static Declared<CatalogName, ApproverGroup> Read(Field? section, Declared<CatalogName, Admin> admins)
    {
        var declared = new Declared<CatalogName, ApproverGroup>();
        foreach (var (name, field) in section?.NamedBy("approver group", MaxGroups) ?? [])
        {
            var members = Members(field, admins);
            declared.Add(name, members.Count == 0 ? null : new(name, [.. members]));
        }
        return declared;
    }

    private static List<CatalogName> Members(Field field, Declared<CatalogName, Admin> admins)
    {
        var members = new List<CatalogName>();
        var unique = new Unique("member");
        foreach (var item in field.Items("an admin's name", MaxMembers))
        {
            if (item.Name() is not { } name || !unique.Add(name.ToString(), item)
                || !admins.Find(name, item, $"admin \"{name}\" is not declared", out var admin))
                continue;
            if (admin is null || admin.Roles.HasFlag(AdminRoles.Approver))
                members.Add(name);
            else
                item.Report(CatalogErrorKind.Contradiction, $"admin \"{name}\" has not the role approver");
        }
        return members;
    }
}
