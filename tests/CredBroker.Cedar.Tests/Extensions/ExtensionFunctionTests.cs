using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>The table of functions, and the edges of what they compute.</summary>
public sealed class ExtensionFunctionTests
{
    [Fact]
    public void The_table_has_all_functions_of_the_language() => Assert.Equal(
        [
            "datetime", "decimal", "duration", "durationSince", "greaterThan", "greaterThanOrEqual", "ip", "isInRange", "isIpv4", "isIpv6", "isLoopback", "isMulticast",
            "lessThan", "lessThanOrEqual", "offset", "toDate", "toDays", "toHours", "toMilliseconds", "toMinutes", "toSeconds", "toTime",
        ], ExtensionFunctions.All.Select(function => function.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Constructors_take_a_text_and_methods_begin_with_their_type()
    {
        Assert.Equal(["datetime", "decimal", "duration", "ip"], ExtensionFunctions.All.Where(function => function.IsConstructor).Select(function => function.Name).Order());
        Assert.All(ExtensionFunctions.All, function => Assert.NotEqual(function.IsMethod, function.IsConstructor));
        Assert.All(ExtensionFunctions.All, function => Assert.InRange(function.Parameters.Length, 1, 2));
        Assert.All(ExtensionFunctions.All.Where(function => function.IsMethod), function => Assert.True(function.Parameters[0] >= ValueKind.IpAddress));
        Assert.Null(ExtensionFunctions.Find("unknown"));
        Assert.Equal("ip", ExtensionFunctions.Find("ip")!.ToString());
    }

    [Theory]
    [InlineData("decimal(\"1.0\").lessThan(decimal(\"1.0001\"))", "true")]
    [InlineData("decimal(\"1.0\").lessThan(decimal(\"1.0\"))", "false")]
    [InlineData("decimal(\"1.0\").lessThanOrEqual(decimal(\"1.00\"))", "true")]
    [InlineData("decimal(\"-1.0\").greaterThan(decimal(\"-1.1\"))", "true")]
    [InlineData("decimal(\"1.0\").greaterThanOrEqual(decimal(\"1.1\"))", "false")]
    [InlineData("decimal(\"922337203685477.5807\").greaterThan(decimal(\"-922337203685477.5808\"))", "true")]
    [InlineData("datetime(\"2024-05-01\").offset(duration(\"-1d\")) == datetime(\"2024-04-30\")", "true")]
    [InlineData("datetime(\"2024-05-01\").durationSince(datetime(\"2024-05-02\")) == duration(\"-1d\")", "true")]
    [InlineData("datetime(\"1969-12-31T23:59:59.999Z\").toDate() == datetime(\"1969-12-31\")", "true")]
    [InlineData("datetime(\"1969-12-31T23:59:59.999Z\").toTime().toMilliseconds() == 86399999", "true")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\")).toDate() <= datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\"))", "true")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate() == datetime(\"1970-01-01\")", "error")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toTime() == duration(\"60424192ms\")", "true")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"1ms\")).offset(duration(\"9223372036854775807ms\")) == 1", "error")]
    [InlineData("datetime(\"9999-12-31T23:59:59.999-2359\") > datetime(\"9999-12-31T23:59:59.999Z\")", "true")]
    [InlineData("duration(\"-1ms\").toSeconds() == 0", "true")]
    [InlineData("duration(\"-1001ms\").toSeconds() == -1", "true")]
    [InlineData("duration(\"59m59s\").toHours() == 0", "true")]
    [InlineData("duration(\"3661s\").toMinutes() == 61", "true")]
    [InlineData("duration(\"-49h\").toDays() == -2", "true")]
    [InlineData("duration(\"-9223372036854775808ms\").toMilliseconds() == -9223372036854775808", "true")]
    [InlineData("duration(\"1h\") < duration(\"61m\") && duration(\"1h\") >= duration(\"3600s\")", "true")]
    [InlineData("duration(\"1h\") < datetime(\"2024-01-01\")", "error")]
    [InlineData("ip(\"10.0.0.0/8\").isInRange(ip(\"10.0.0.0/7\")) && !ip(\"10.0.0.0/7\").isInRange(ip(\"10.0.0.0/8\"))", "true")]
    [InlineData("ip(\"::1\").isIpv6() && !ip(\"::1\").isIpv4()", "true")]
    [InlineData("decimal(\"1.0\").isIpv4()", "error")]
    [InlineData("ip(\"::1\", \"::2\") == 1", "error")]
    [InlineData("decimal(principal.s) == 1", "error")]
    public void A_function_comes_to(string condition, string value) => Assert.Equal(value, Sample.Evaluate(condition));

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MinValue, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue, long.MinValue)]
    [InlineData(0, long.MinValue)]
    [InlineData(-1, long.MinValue)]
    [InlineData(3, 7)]
    [InlineData(1L << 32, 1L << 31)]
    [InlineData(1L << 32, -(1L << 31))]
    [InlineData(-(1L << 32), 1L << 31)]
    public void Arithmetic_knows_when_a_result_does_not_fit(long left, long right)
    {
        Assert.Equal(Fits((Int128)left + right), Checked.TryAdd(left, right, out var sum));
        Assert.Equal(Fits((Int128)left - right), Checked.TrySubtract(left, right, out var difference));
        Assert.Equal(Fits((Int128)left * right), Checked.TryMultiply(left, right, out var product));
        Assert.Equal(Fits(-(Int128)left), Checked.TryNegate(left, out _));
        if (Fits((Int128)left + right)) Assert.Equal(left + right, sum);
        if (Fits((Int128)left - right)) Assert.Equal(left - right, difference);
        if (Fits((Int128)left * right)) Assert.Equal(left * right, product);
    }

    private static bool Fits(Int128 value) => value >= long.MinValue && value <= long.MaxValue;
}
