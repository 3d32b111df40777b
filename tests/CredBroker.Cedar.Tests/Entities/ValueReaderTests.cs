using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Entities;

/// <summary>Values from JSON: what has a form of its own, what needs an escape, and what Cedar does not have.</summary>
public sealed class ValueReaderTests
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("\"x\"", "\"x\"")]
    [InlineData("[1, \"a\", 1, [true]]", "[1, \"a\", [true]]")]
    [InlineData("{\"a b\": {\"c\": 1}}", "{\"a b\": {\"c\": 1}}")]
    [InlineData("{\"__entity\": {\"type\": \"A::B\", \"id\": \"x\"}}", "A::B::\"x\"")]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\", \"more\": null}}", "A::\"x\"")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"10.0.0.1\"}}", "ip(\"10.0.0.1\")")]
    [InlineData("{\"__extn\": {\"fn\": \"duration\", \"args\": [\"1m\"]}}", "duration(\"60000ms\")")]
    [InlineData("{\"__extn\": {\"fn\": \"isIpv4\", \"arg\": {\"__extn\": {\"fn\": \"ip\", \"arg\": \"::1\"}}}}", "false")]
    [InlineData("{\"__extn\": {\"fn\": \"offset\", \"args\": [{\"__extn\": {\"fn\": \"datetime\", \"arg\": \"2024-01-01\"}}, {\"__extn\": {\"fn\": \"duration\", \"arg\": \"1d\"}}]}}",
        "datetime(\"2024-01-02T00:00:00.000Z\")")]
    public void A_value_is_read(string json, string value) => Assert.Equal(value, Read(json).ToString());

    [Theory]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}, \"more\": 1}")]
    [InlineData("{\"__entity\": {\"type\": \"A\"}}")]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": 1}}")]
    [InlineData("{\"__entity\": \"A::x\"}")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\"}}")]
    [InlineData("{\"__extn\": {\"fn\": 1, \"arg\": \"::1\"}}")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"args\": \"::1\"}}")]
    [InlineData("{\"__expr\": 1}")]
    [InlineData("{\"type\": \"A\", \"id\": \"x\"}")]
    [InlineData("{\"fn\": \"ip\", \"arg\": \"::1\"}")]
    public void What_is_not_quite_an_escape_is_a_record(string json) => Assert.Equal(ValueKind.Record, Read(json).Kind);

    [Theory]
    [InlineData("null", "no null")]
    [InlineData("[null]", "no null")]
    [InlineData("{\"a\": null}", "no null")]
    [InlineData("1.0", "no number `1.0`")]
    [InlineData("-0", "no number `-0`")]
    [InlineData("1e2", "no number `1e2`")]
    [InlineData("9223372036854775808", "no number")]
    [InlineData("-9223372036854775809", "no number")]
    [InlineData("{\"__entity\": {\"type\": \"A B\", \"id\": \"x\"}}", "not the name of a type")]
    [InlineData("{\"__entity\": {\"type\": \"in\", \"id\": \"x\"}}", "not the name of a type")]
    [InlineData("{\"__entity\": {\"type\": \"\", \"id\": \"x\"}}", "not the name of a type")]
    [InlineData("{\"__extn\": {\"fn\": \"nope\", \"arg\": \"1\"}}", "no function `nope`")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"zzz\"}}", "not an address")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": 1}}", "no arguments for `ip`")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"args\": []}}", "no arguments for `ip`")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"args\": [\"::1\", \"::1\"]}}", "no arguments for `ip`")]
    [InlineData("{\"__expr\": \"1 + 1\"}", "`__expr` is not supported")]
    public void What_Cedar_does_not_have_is_refused(string json, string because)
    {
        Assert.False(ContextReader.TryParse(new("context.json", $"{{\"v\": {json}}}"), out _, out var errors));
        Assert.Contains(because, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.True(errors[0].At!.Value.Column >= 7);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}}")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"::1\"}}")]
    public void A_context_is_a_record(string json)
    {
        Assert.False(ContextReader.TryParse(new("context.json", json), out var context, out var errors));
        Assert.Null(context);
        Assert.Single(errors);
    }

    [Theory]
    [InlineData("{\"type\": \"A\", \"id\": \"x\"}", true)]
    [InlineData("{\"type\": \"A\", \"id\": \"x\", \"more\": 1}", true)]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}}", true)]
    [InlineData("\"A::\\\"x\\\"\"", false)]
    [InlineData("{\"type\": \"A\"}", false)]
    [InlineData("{\"type\": \"A \", \"id\": \"x\"}", false)]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}, \"more\": 1}", true)]
    [InlineData("{\"__entity\": {\"type\": \"A\"}, \"more\": 1}", false)]
    [InlineData("{\"__entity\": 1, \"type\": \"A\", \"id\": \"x\"}", true)]
    [InlineData("{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}, \"type\": \"B\", \"id\": \"y\"}", true)]
    [InlineData("null", false)]
    public void An_entity_is_named_by_type_and_id(string json, bool isName)
    {
        Assert.Equal(isName, ContextReader.TryParseUid(new("uid", json), out var uid, out var errors));
        Assert.Equal(isName, errors.IsEmpty);
        if (isName) Assert.Equal(EntityUid.Of("A", "x"), uid);
    }

    [Theory]
    [InlineData("[", "1", "]")]
    [InlineData("{\"a\":", "1", "}")]
    public void Nesting_has_a_limit(string open, string middle, string close)
    {
        string Nest(int levels) => $"{{\"v\":{string.Concat(Enumerable.Repeat(open, levels))}{middle}{string.Concat(Enumerable.Repeat(close, levels))}}}";

        Sample.ContextOf(Nest(CedarLimits.MaxDepth - 2));
        Assert.False(ContextReader.TryParse(new("context.json", Nest(CedarLimits.MaxDepth)), out _, out var errors));
        Assert.Contains("too deep", errors[0].Message, StringComparison.Ordinal);
        Assert.False(ContextReader.TryParse(new("context.json", Nest(100_000)), out _, out _));
    }

    [Fact]
    public void Sets_and_records_have_a_limit()
    {
        var tooMany = string.Join(',', Enumerable.Range(0, CedarLimits.MaxElements + 1));
        Assert.False(ContextReader.TryParse(new("context.json", $"{{\"v\": [{tooMany}]}}"), out _, out var errors));
        Assert.Equal("too many elements; expected at most 131072", errors[0].Message);
    }

    [Fact]
    public void A_shape_lets_the_escapes_be_left_out()
    {
        ValueShape? ShapeOf(string name) => name switch
        {
            "entity" => new ValueShape.Entity(),
            "ip" => new ValueShape.Extension(Cedar.Extensions.ExtensionFunctions.Find("ip")!),
            "set" => new ValueShape.Set(new ValueShape.Entity()),
            "record" => new ValueShape.Record(ShapeOf),
            _ => null,
        };
        const string json = """
            {"entity": {"type": "A", "id": "x"}, "ip": "::1", "set": [{"type": "A", "id": "x"}], "record": {"ip": {"fn": "ip", "arg": "::2"}, "text": "::1"},
             "text": "::1", "plain": {"type": "A", "id": "x"}}
            """;

        Assert.True(ContextReader.TryParse(new("context.json", json), ShapeOf, out var context, out var errors), string.Join('\n', errors));
        Assert.Equal(
            "{\"entity\": A::\"x\", \"ip\": ip(\"0:0:0:0:0:0:0:1\"), \"set\": [A::\"x\"], \"record\": {\"ip\": ip(\"0:0:0:0:0:0:0:2\"), \"text\": \"::1\"}, "
            + "\"text\": \"::1\", \"plain\": {\"type\": \"A\", \"id\": \"x\"}}", context.ToString());
    }

    private static CedarValue Read(string json)
    {
        Assert.True(Sample.ContextOf($"{{\"v\": {json}}}").TryGet("v", out var value));
        return value;
    }
}
