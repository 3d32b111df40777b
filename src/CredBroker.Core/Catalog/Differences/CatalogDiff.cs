namespace CredBroker.Core.Catalog.Differences;

/// <summary>What changes between two catalogs, for the person who applies one. Pure, and in one order whatever the files' order.</summary>
public static class CatalogDiff
{
    /// <summary>The differences by section, then by name; none when the catalogs say the same in the same files.</summary>
    public static IReadOnlyList<CatalogDifference> Between(CatalogSnapshot old, CatalogSnapshot @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        var found = new DifferenceList();
        SettingsDiff.Add(found, old.Catalog.Settings, @new.Catalog.Settings);
        found.Compare("trust domain", old.Catalog.TrustDomains, @new.Catalog.TrustDomains, TrustDomainDiff.Describe, TrustDomainDiff.Add);
        found.Compare("tool", old.Catalog.Tools, @new.Catalog.Tools, ToolDiff.Describe, ToolDiff.Add);
        found.Compare("workload", old.Catalog.Workloads, @new.Catalog.Workloads, WorkloadDiff.Describe, WorkloadDiff.Add);
        found.Compare("admin", old.Catalog.Admins, @new.Catalog.Admins, PeopleDiff.Describe, PeopleDiff.Add);
        found.Compare("approver group", old.Catalog.ApproverGroups, @new.Catalog.ApproverGroups, PeopleDiff.Describe, PeopleDiff.Add);
        AddFiles(found, old.Files, @new.Files);
        return found.Found;
    }

    /// <summary>broker.yaml is told above, by what it says; of the others only that they changed.</summary>
    private static void AddFiles(DifferenceList found, CatalogFiles old, CatalogFiles @new)
    {
        foreach (var name in old.Contents.Keys.Union(@new.Contents.Keys).Where(n => n != CatalogFiles.Main).Order(StringComparer.Ordinal))
        {
            var before = old.Contents.GetValueOrDefault(name);
            var after = @new.Contents.GetValueOrDefault(name);
            if (before.IsDefault)
                found.Add($"file \"{name}\" added");
            else if (after.IsDefault)
                found.Add($"file \"{name}\" removed");
            else if (!before.AsSpan().SequenceEqual(after.AsSpan()))
                found.Add($"file \"{name}\" changed");
        }
    }
}
