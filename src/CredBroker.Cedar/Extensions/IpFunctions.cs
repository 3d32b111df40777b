using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>The functions of <c>ipaddr</c>.</summary>
internal static class IpFunctions
{
    internal static ExtensionFunction[] Rows { get; } =
    [
        ExtensionFunctions.Constructor<CedarIpAddress>("ip", ValueKind.IpAddress, CedarIpAddress.TryParse, CedarValue.Of,
            "an address of IPv4 or IPv6, or a range of them"),
        Test("isIpv4", address => !address.IsIpv6),
        Test("isIpv6", address => address.IsIpv6),
        Test("isLoopback", address => address.IsLoopback),
        Test("isMulticast", address => address.IsMulticast),
        ExtensionFunctions.Method("isInRange", [ValueKind.IpAddress, ValueKind.IpAddress], ValueKind.Bool, (first, second) => CedarValue.Of(
            first.TryGet(out CedarIpAddress? address) && second.TryGet(out CedarIpAddress? range) && address.IsInRange(range))),
    ];

    private static ExtensionFunction Test(string name, Func<CedarIpAddress, bool> test) =>
        ExtensionFunctions.Method(name, [ValueKind.IpAddress], ValueKind.Bool, (first, _) =>
            CedarValue.Of(first.TryGet(out CedarIpAddress? address) && test(address)));
}
