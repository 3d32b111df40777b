using System.Globalization;
using System.Net;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>Extension values against what the platform computes, wherever it has the same thing, over their whole ranges.</summary>
public sealed class ExtensionPropertyTests
{
    private static readonly Gen<long> s_numbers = Gen.OneOf(
        Gen.Elements(0, 1, -1, long.MaxValue, long.MinValue, long.MaxValue - 1, long.MinValue + 1, 86_400_000, -86_400_000, 86_399_999, -86_400_001),
        from high in Gen.Choose(int.MinValue, int.MaxValue) from low in Gen.Choose(int.MinValue, int.MaxValue) from shift in Gen.Choose(0, 32) select unchecked(((long)high << 32) | (uint)low) >> shift);

    [Fact]
    public void A_moment_of_the_platform_is_read_as_it_writes_it()
    {
        var moments = from milliseconds in Gen.Choose(0, int.MaxValue) from days in Gen.Choose(0, 3_652_000)
                      select DateTime.MinValue.AddDays(days).AddMilliseconds(milliseconds % 86_400_000);
        var cases = from moment in moments from minutes in Gen.Choose(-1_439, 1_439) select (moment, minutes);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var (moment, minutes) = sample;
            var expected = ((moment - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond) - (minutes * 60_000L);
            var offset = $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:d2}{Math.Abs(minutes) % 60:d2}";
            var text = moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
            return CedarDatetime.TryParse(text + offset, out var value) && value.UnixMilliseconds == expected
                && CedarDatetime.TryParse(text + "Z", out var utc) && utc.UnixMilliseconds == expected + (minutes * 60_000L)
                && CedarDatetime.TryParse(text[..^4] + "Z", out var whole) && whole.UnixMilliseconds == utc.UnixMilliseconds - moment.Millisecond
                && utc.ToString() == text + "Z";
        }), 3_000);
    }

    [Fact]
    public void Dates_and_times_of_day_split_every_moment() => Properties.Hold(Prop.ForAll(s_numbers.ToArbitrary(), milliseconds =>
    {
        var moment = new CedarDatetime(milliseconds);
        var day = (Int128)milliseconds - moment.TimeOfDay.Milliseconds;
        var isThere = moment.TryGetDate(out var date);
        return moment.TimeOfDay.Milliseconds is >= 0 and < 86_400_000 && day % 86_400_000 == 0 && isThere == (day >= long.MinValue) && (!isThere || date.UnixMilliseconds == (long)day);
    }), 3_000);

    [Fact]
    public void A_duration_is_the_sum_of_its_parts_or_too_long()
    {
        var parts = Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 1_000).Select(i => (Int128)i), s_numbers.Select(i => Int128.Abs(i)), Gen.Constant((Int128)0)), 5);
        var cases = from amounts in parts from used in Gen.ArrayOf(Gen.Elements(true, false), 5) from isNegative in Gen.Elements(true, false) select (amounts, used, isNegative);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            (string Unit, long Milliseconds)[] units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
            var (text, total) = (sample.isNegative ? "-" : "", (Int128)0);
            for (var i = 0; i < units.Length; i++)
            {
                if (!sample.used[i]) continue;
                text += $"{sample.amounts[i]}{units[i].Unit}";
                total += sample.amounts[i] * units[i].Milliseconds;
            }

            if (sample.isNegative) total = -total;
            var isLength = Array.Exists(sample.used, isUsed => isUsed) && total >= long.MinValue && total <= long.MaxValue;
            return CedarDuration.TryParse(text, out var value) == isLength && (!isLength || value.Milliseconds == (long)total);
        }), 3_000);
    }

    [Fact]
    public void A_decimal_is_the_number_of_the_platform()
    {
        var cases = from units in s_numbers from places in Gen.Choose(1, 4) select (units, places);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var number = new CedarDecimal(sample.units);
            var text = number.ToString();
            var fewer = text[..^(4 - sample.places)];
            return decimal.Parse(text, CultureInfo.InvariantCulture) == (decimal)sample.units / 10_000
                && CedarDecimal.TryParse(text, out var again) && again == number
                && CedarDecimal.TryParse(fewer, out var cut) && cut.Units == (long)(decimal.Parse(fewer, CultureInfo.InvariantCulture) * 10_000);
        }), 3_000);
    }

    [Fact]
    public void An_address_of_the_platform_is_read_to_the_same_bits()
    {
        var bytes = Gen.OneOf(Gen.ArrayOf(Gen.Choose(0, 255), 4), Gen.ArrayOf(Gen.Choose(0, 255), 16), Gen.ArrayOf(Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 255))), 16));

        Properties.Hold(Prop.ForAll(bytes.ToArbitrary(), sample =>
        {
            var address = new IPAddress([.. sample.Select(one => (byte)one)]);
            // What is an IPv4 address within is written with dots, which Cedar does not read.
            if (address.ToString().Contains(':', StringComparison.Ordinal) && address.ToString().Contains('.', StringComparison.Ordinal)) return !CedarIpAddress.TryParse(address.ToString(), out _);
            return CedarIpAddress.TryParse(address.ToString(), out var read) && read.IsIpv6 == (sample.Length == 16) && IPAddress.Parse(read.ToString()).Equals(address)
                && read.IsLoopback == (sample.Length == 4 ? sample[0] == 127 : address.Equals(IPAddress.IPv6Loopback));
        }), 3_000);
    }

    [Fact]
    public void A_range_holds_an_address_when_the_platform_says_so()
    {
        var cases = from isIpv6 in Gen.Elements(true, false)
                    from prefix in Gen.Choose(0, isIpv6 ? 128 : 32)
                    from network in Gen.ArrayOf(Gen.Choose(0, 255), isIpv6 ? 16 : 4)
                    from changed in Gen.Choose(0, (isIpv6 ? 128 : 32) - 1)
                    select (prefix, network, changed);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            // An address that differs from the range's own in one bit is within when the bit is behind the prefix.
            var bytes = sample.network.Select(one => (byte)one).ToArray();
            var other = bytes.ToArray();
            other[sample.changed / 8] ^= (byte)(0x80 >> (sample.changed % 8));
            var range = Parse($"{new CedarIpAddressText(bytes)}/{sample.prefix}");
            return range.Prefix == sample.prefix && Parse($"{new CedarIpAddressText(bytes)}").IsInRange(range)
                && Parse($"{new CedarIpAddressText(other)}").IsInRange(range) == (sample.changed >= sample.prefix);
        }), 3_000);
    }

    [Theory]
    [InlineData("ip(\"1.2.3.4/33\")")]
    [InlineData("datetime(\"2024-02-30\")")]
    [InlineData("duration(\"1h1d\")")]
    [InlineData("decimal(\"1\")")]
    [InlineData("datetime(\"9999-12-31\").offset(duration(\"9223372036854775807ms\"))")]
    [InlineData("datetime(\"0000-01-01\").offset(duration(\"-9223372036854775808ms\"))")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\")).durationSince(datetime(\"1969-12-31\"))")]
    public void What_has_no_value_fails_the_policy_that_looks_at_it_and_no_other(string expression)
    {
        Assert.Equal("error", Sample.Evaluate($"{expression} == 1"));
        Assert.Equal("error", Sample.Evaluate($"[{expression}].isEmpty()"));
        Assert.Equal("true", Sample.Evaluate($"true || {expression} == 1"));
    }

    private static CedarIpAddress Parse(string text)
    {
        Assert.True(CedarIpAddress.TryParse(text, out var address), text);
        return address;
    }

    /// <summary>An address in full, as Cedar reads every one.</summary>
    private readonly record struct CedarIpAddressText(byte[] Bytes)
    {
        public override string ToString()
        {
            var bytes = Bytes;
            return bytes.Length == 4
                ? string.Join('.', bytes)
                : string.Join(':', Enumerable.Range(0, 8).Select(i => ((bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToString("x", CultureInfo.InvariantCulture)));
        }
    }
}
