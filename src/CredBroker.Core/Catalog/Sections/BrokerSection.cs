namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>broker</c>: ceilings where nothing narrower is said.</summary>
internal sealed record BrokerSection(int DelegationDepth, WorkloadLimits Limits)
{
    internal static BrokerSection Read(Field? section)
    {
        var keys = section?.Fields("delegation_depth", "limits");
        return new(
            (int?)keys?.May("delegation_depth")?.Integer(0, BrokerSettings.MaxDelegationDepth) ?? BrokerSettings.MaxDelegationDepth,
            LimitsSection.Read(keys?.May("limits"), WorkloadLimits.Default));
    }
}
