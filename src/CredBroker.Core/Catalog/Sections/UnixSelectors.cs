namespace CredBroker.Core.Catalog.Sections;

/// <summary><c>unix</c>: what the kernel says of the peer.</summary>
internal static class UnixSelectors
{
    private const int MaxGroups = 32;

    internal static List<Selector>? Read(Field field)
    {
        if (field.Fields("uid", "gid", "groups", "cgroup", "executable", "sha256") is not { } keys)
            return null;

        var before = field.Errors.Count;
        var selectors = new List<Selector>();
        AddId(SelectorKind.UnixUid, keys.May("uid"));
        AddId(SelectorKind.UnixGid, keys.May("gid"));
        var unique = new Unique("group");
        foreach (var item in keys.May("groups")?.Items("a group id", MaxGroups) ?? [])
        {
            if (item.UnixId() is { } group && unique.Add(Selector.Of(SelectorKind.UnixGroup, group).Value, item))
                AddId(SelectorKind.UnixGroup, item);
        }
        Add(SelectorKind.UnixCgroup, keys.May("cgroup")?.AbsolutePath("an absolute cgroup path other than /"));
        Add(SelectorKind.UnixExecutable, keys.May("executable")?.AbsolutePath("the absolute path of an executable"));
        Add(SelectorKind.UnixSha256, keys.May("sha256")?.Sha256());
        if (field.Errors.Count > before)
            return null;
        if (selectors.Exists(s => s.IsBoundary))
            return selectors;
        field.Errors.Add(CatalogErrorKind.Contradiction, field.KeyAt, "any user of the machine could meet these selectors",
            "uid, gid, groups or cgroup among them");
        return null;

        void AddId(SelectorKind kind, Field? id)
        {
            if (id?.UnixId() is { } value)
                selectors.Add(Selector.Of(kind, value));
        }

        void Add(SelectorKind kind, string? value)
        {
            if (value is not null)
                selectors.Add(new(kind, value));
        }
    }
}
