using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Values;

/// <summary>Values: two words each, equal when Cedar says so.</summary>
public sealed class CedarValueTests
{
    private static readonly CedarValue[] s_different =
    [
        CedarValue.True, CedarValue.False, CedarValue.Of(0), CedarValue.Of(1), CedarValue.Of(long.MinValue), CedarValue.Of(""), CedarValue.Of("1"),
        CedarValue.Of(EntityUid.Of("A", "")), CedarValue.Of(EntityUid.Of("A", "1")), CedarValue.Of(EntityUid.Of("B", "1")), CedarValue.Of(EntityUid.Of("A::B", "1")),
        CedarValue.Of(CedarSet.Empty), CedarValue.Of(CedarSet.Of(CedarValue.Of(1))), CedarValue.Of(CedarSet.Of(CedarValue.True)),
        CedarValue.Of(CedarRecord.Empty), CedarValue.Of(CedarRecord.Of(new KeyValuePair<string, CedarValue>("a", CedarValue.Of(1)))),
        CedarValue.Of(new CedarDecimal(0)), CedarValue.Of(new CedarDecimal(1)), CedarValue.Of(new CedarDatetime(0)), CedarValue.Of(new CedarDatetime(1)),
        CedarValue.Of(new CedarDuration(0)), CedarValue.Of(new CedarDuration(1)), CedarValue.Of(Address("1.1.1.1")), CedarValue.Of(Address("1.1.1.1/31")),
        CedarValue.Of(Address("::101:101")),
    ];

    [Fact]
    public void Values_that_differ_in_kind_or_content_are_different()
    {
        for (var i = 0; i < s_different.Length; i++)
            for (var j = 0; j < s_different.Length; j++)
                Assert.Equal(i == j, s_different[i] == s_different[j]);
    }

    [Fact]
    public void Values_with_the_same_content_are_equal_and_have_the_same_hash()
    {
        foreach (var (one, other) in new[]
        {
            (CedarValue.Of(string.Concat("a", "b")), CedarValue.Of("ab")),
            (CedarValue.Of(EntityUid.Of("A", "x")), CedarValue.Of(EntityUid.Of("A", "x"))),
            (CedarValue.Of(CedarSet.Of(CedarValue.Of(1), CedarValue.Of(2))), CedarValue.Of(CedarSet.Of(CedarValue.Of(2), CedarValue.Of(1), CedarValue.Of(2)))),
            (CedarValue.Of(Address("::1")), CedarValue.Of(Address("0:0:0:0:0:0:0:1/128"))),
            (CedarValue.Of(new CedarDuration(60_000)), CedarValue.Of(new CedarDuration(60_000))),
        })
        {
            Assert.True(one == other);
            Assert.False(one != other);
            Assert.Equal(one.GetHashCode(), other.GetHashCode());
            Assert.True(one.Equals((object)other));
        }
    }

    [Fact]
    public void The_default_is_no_value()
    {
        Assert.True(default(CedarValue).IsNone);
        Assert.Equal(ValueKind.None, default(CedarValue).Kind);
        Assert.False(default(CedarValue) == CedarValue.False);
        Assert.False(default(CedarValue).TryGet(out bool _));
        Assert.Throws<ArgumentException>(() => CedarSet.Of([default]));
        Assert.Throws<ArgumentException>(() => CedarRecord.Of([new("a", default)]));
    }

    [Fact]
    public void A_value_is_got_as_what_it_is_and_as_nothing_else()
    {
        foreach (var value in s_different)
        {
            bool[] got =
            [
                value.TryGet(out bool _), value.TryGet(out long _), value.TryGet(out string? _), value.TryGet(out EntityUid? _), value.TryGet(out CedarSet? _),
                value.TryGet(out CedarRecord? _), value.TryGet(out CedarIpAddress? _), value.TryGet(out CedarDecimal _), value.TryGet(out CedarDatetime _),
                value.TryGet(out CedarDuration _),
            ];
            Assert.Equal((int)value.Kind - 1, Array.IndexOf(got, true));
            Assert.Single(got, isGot => isGot);
        }
    }

    [Theory]
    [InlineData("User::\"a\\\"b\\n\"")]
    [InlineData("[1, true, \"x\"]")]
    [InlineData("{\"a\": {\"b c\": [-1]}}")]
    public void A_value_prints_as_it_is_written(string text) =>
        Assert.Equal(text, ValueOf(text).ToString());

    [Theory]
    [InlineData("ip(\"10.0.0.0/8\")", "ip(\"10.0.0.0/8\")")]
    [InlineData("decimal(\"-1.5\")", "decimal(\"-1.5000\")")]
    [InlineData("duration(\"1s\")", "duration(\"1000ms\")")]
    [InlineData("datetime(\"2024-01-02\")", "datetime(\"2024-01-02T00:00:00.000Z\")")]
    public void An_extension_value_prints_as_its_constructor(string text, string printed) => Assert.Equal(printed, ValueOf(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a::")]
    [InlineData("::a")]
    [InlineData("a:b")]
    [InlineData("a:::b")]
    [InlineData("1a")]
    [InlineData("a-b")]
    [InlineData("é")]
    [InlineData("a::in")]
    [InlineData("__cedar::a")]
    [InlineData(" a")]
    [InlineData("a//b")]
    public void A_type_is_a_path(string text)
    {
        Assert.False(EntityType.TryParse(text, out _));
        Assert.Throws<FormatException>(() => EntityUid.Of(text, "x"));
    }

    [Fact]
    public void A_type_knows_its_parts()
    {
        var type = EntityType.Parse("A::B::Action");

        Assert.Equal(("A::B", "Action", true), (type.Namespace, type.BaseName, type.IsAction));
        Assert.Equal(("", "Actions", false), (EntityType.Parse("Actions").Namespace, EntityType.Parse("Actions").BaseName, EntityType.Parse("Actions").IsAction));
    }

    private static CedarValue ValueOf(string expression)
    {
        var code = CredBroker.Cedar.Evaluation.Compiler.Compile(Testing.Make.Expression(expression));
        return Assert.IsType<CredBroker.Cedar.Evaluation.Constant>(code).Value;
    }

    private static CedarIpAddress Address(string text)
    {
        Assert.True(CedarIpAddress.TryParse(text, out var address));
        return address;
    }
}
