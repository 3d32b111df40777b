using CredBroker.Cedar.Extensions;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>Which texts are addresses, and which values they have; the official build agrees on each.</summary>
public sealed class IpAddressTests
{
    [Theory]
    [InlineData("::1")]
    [InlineData("::1/128")]
    [InlineData("::1/0")]
    [InlineData("ABCD::ef01")]
    [InlineData("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789/128")]
    [InlineData("::2:3:4:5:6:7:8")]
    public void These_are_addresses(string text) => Assert.True(CedarIpAddress.TryParse(text, out _));

    [Theory]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/00")]
    [InlineData("1.2.3.4/08")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/+8")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4/24/8")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.04")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1::2::3")]
    [InlineData("::ffff:1.2.3.4")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("::1\n")]
    [InlineData(":1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7:8:")]
    public void These_are_no_addresses(string text) => Assert.False(CedarIpAddress.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("::1", "0:0:0:0:0:0:0:1")]
    [InlineData("::", "0:0:0:0:0:0:0:0")]
    [InlineData("1::", "1:0:0:0:0:0:0:0")]
    [InlineData("ABCD::ef01/64", "abcd:0:0:0:0:0:0:ef01/64")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    public void An_address_prints_in_full(string text, string printed)
    {
        Assert.True(CedarIpAddress.TryParse(text, out var address));
        Assert.Equal(printed, address.ToString());
        Assert.True(CedarIpAddress.TryParse(printed, out var again));
        Assert.Equal(address, again);
        Assert.Equal(address.GetHashCode(), again.GetHashCode());
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "10.0.0.1", false)]
    [InlineData("10.0.0.1/24", "10.0.0.99/24", true)]
    [InlineData("10.0.0.0/23", "10.0.0.0/24", false)]
    [InlineData("255.255.255.255", "0.0.0.0/0", true)]
    [InlineData("11.0.0.1", "10.0.0.0/8", false)]
    [InlineData("::1", "::/0", true)]
    [InlineData("ffff::1", "::/0", true)]
    [InlineData("ffff::1", "ff00::/8", true)]
    [InlineData("fe00::1", "ff00::/8", false)]
    [InlineData("::/0", "::/0", true)]
    [InlineData("::/0", "::/1", false)]
    [InlineData("127.0.0.1", "::/0", false)]
    [InlineData("::1", "0.0.0.0/0", false)]
    public void A_range_holds_what_is_within_it(string inner, string outer, bool isIn)
    {
        Assert.True(CedarIpAddress.TryParse(inner, out var address));
        Assert.True(CedarIpAddress.TryParse(outer, out var range));
        Assert.Equal(isIn, address.IsInRange(range));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.255.255/8", true)]
    [InlineData("127.0.0.1/7", false)]
    [InlineData("128.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::1/127", false)]
    [InlineData("::2", false)]
    [InlineData("::ffff:7f00:1", false)]
    public void A_loopback_address_is_one_wholly(string text, bool isLoopback)
    {
        Assert.True(CedarIpAddress.TryParse(text, out var address));
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("224.0.0.0/4", true)]
    [InlineData("239.255.255.255", true)]
    [InlineData("240.0.0.0", false)]
    [InlineData("224.0.0.0/3", false)]
    [InlineData("ff00::/8", true)]
    [InlineData("ff00::/7", false)]
    [InlineData("fe00::", false)]
    public void A_multicast_address_is_one_wholly(string text, bool isMulticast)
    {
        Assert.True(CedarIpAddress.TryParse(text, out var address));
        Assert.Equal(isMulticast, address.IsMulticast);
    }

    [Theory]
    [InlineData("1.2.3.4/33")]
    [InlineData("::1/129")]
    [InlineData("::1/0128")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4/1a")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData(":::")]
    [InlineData("[::1]")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("/8")]
    [InlineData("1\0::")]
    [InlineData("::1\0\0\0")]
    [InlineData("::+1")]
    [InlineData(":: 1")]
    [InlineData("::0x1")]
    [InlineData("1.2.3.4\0")]
    [InlineData("1.2.3.4/8\0")]
    [InlineData("::\uff11")]
    [InlineData("0000:0000:0000:0000:0000:0000:0000:0000:0000")]
    public void These_are_no_addresses_either(string text) => Assert.False(CedarIpAddress.TryParse(text, out _));
}
