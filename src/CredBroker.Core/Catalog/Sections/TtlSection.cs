namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>ttl</c>: the longest that a token of each risk class may live.</summary>
internal static class TtlSection
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromHours(1);

    internal static TokenLifetimes Read(Field? section)
    {
        var keys = section?.Fields("read", "write", "privileged");
        var defaults = TokenLifetimes.Default;
        return new(
            keys?.May("read")?.Duration(Least, Most) ?? defaults.Read,
            keys?.May("write")?.Duration(Least, Most) ?? defaults.Write,
            keys?.May("privileged")?.Duration(Least, Most) ?? defaults.Privileged);
    }
}
