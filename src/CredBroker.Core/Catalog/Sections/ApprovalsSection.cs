using System.Collections.Frozen;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>approvals</c>: how approvals are decided and used.</summary>
internal static class ApprovalsSection
{
    private const int MaxGroups = 256;

    internal static ApprovalSettings Read(Field? section, Declared<CatalogName, ApproverGroup> groups)
    {
        var keys = section?.Fields("expires_after", "use_within", "per_approver_per_hour", "quorum", "self_approval");
        var defaults = ApprovalSettings.Default;
        return new()
        {
            ExpiresAfter = keys?.May("expires_after")?.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromHours(24)) ?? defaults.ExpiresAfter,
            UseWithin = keys?.May("use_within")?.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)) ?? defaults.UseWithin,
            PerApproverPerHour = (int?)keys?.May("per_approver_per_hour")?.Integer(1, 10_000) ?? defaults.PerApproverPerHour,
            Quorum = Quorum(keys?.May("quorum"), groups),
            SelfApproval = keys?.May("self_approval")?.Bool() ?? defaults.SelfApproval,
        };
    }

    // More than the group has members could never come together.
    private static FrozenDictionary<CatalogName, int> Quorum(Field? field, Declared<CatalogName, ApproverGroup> groups)
    {
        var quorum = new Dictionary<CatalogName, int>();
        foreach (var (name, value) in field?.NamedBy("approver group", MaxGroups) ?? [])
        {
            if (groups.Find(name, value, $"approver group \"{name}\" is not declared", out var group) && group is not null
                && value.Integer(1, group.Members.Length) is { } count)
                quorum.TryAdd(name, (int)count);
        }
        return quorum.ToFrozenDictionary();
    }
}
