using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Capabilities;
using FsCheck.Fluent;

namespace CredBroker.Tests.Capabilities;

public sealed class CapabilityJsonTests
{
    private static readonly Capability Full = Make.Capability(
        "mail", "send", "outbox/*",
        ("to", Make.OneOf("b@example.org", "a+b@example.org")), ("subject", Make.Prefix("Größe <\"1\"> & '+' \\")),
        ("size", Make.Range(long.MinValue, 9)), ("html", Make.Is(false)));

    private const string FullText =
        """
        {"tool":"mail","action":"send","resource":"outbox/*","parameters":{"html":{"is":false},"size":{"min":-9223372036854775808,"max":9},"subject":{"prefix":"Größe <\"1\"> & '+' \\"},"to":{"in":["a+b@example.org","b@example.org"]}}}
        """;

    [Fact]
    public void The_canonical_text_has_members_in_one_order_and_characters_as_themselves() =>
        Assert.Equal(FullText, CapabilityJson.ToText(Full));

    [Fact]
    public void Parameters_are_left_out_when_there_are_none()
    {
        Assert.Equal("""{"tool":"t","action":"a","resource":"**"}""", CapabilityJson.ToText(Make.Capability("t", "a", "**")));
        Assert.Equal("{}", CapabilityJson.ParametersToText(Make.Capability("t", "a", "**")));
    }

    [Fact]
    public void The_digest_is_that_of_the_canonical_bytes()
    {
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(FullText)), CapabilityJson.Digest(Full));
        Assert.Equal(Encoding.UTF8.GetByteCount(FullText), CapabilityJson.LengthOf(Full));
    }

    [Fact]
    public void Any_capability_is_read_back_as_it_was()
    {
        var any = Gen.OneOf(Generate.Capability, Gen.Constant(Full));
        Properties.Hold(Prop.ForAll(any.ToArbitrary(), capability =>
        {
            var text = CapabilityJson.ToText(capability);
            return CapabilityJson.TryParse(text, out Capability? read) && read.Equals(capability) && CapabilityJson.ToText(read) == text;
        }));
    }

    [Fact]
    public void Different_capabilities_have_different_digests()
    {
        var pairs = from a in Generate.Capability from b in Gen.OneOf(Generate.Within(a), Generate.Capability) select (a, b);
        Properties.Hold(Prop.ForAll(pairs.ToArbitrary(), pair =>
            pair.a.Equals(pair.b) == CapabilityJson.Digest(pair.a).AsSpan().SequenceEqual(CapabilityJson.Digest(pair.b))));
    }

    [Fact]
    public void An_envelope_is_read_back_as_it_was_in_its_order()
    {
        var envelope = Make.Envelope(Full, Make.Capability("a", "b", "c"), Make.Capability("a", "a", "c"));
        Assert.True(CapabilityJson.TryParse(CapabilityJson.ToText(envelope), out Envelope? read));
        Assert.Equal(envelope, read);
    }

    [Fact]
    public void The_order_of_members_does_not_matter_to_the_reader_for_the_database_keeps_none()
    {
        Assert.True(CapabilityJson.TryParse(
            """ { "resource" : "r", "parameters" : { "q": {"max": 2, "min": 1}, "p": {"is": true} }, "action" : "a", "tool" : "t" } """,
            out Capability? read));
        Assert.Equal(Make.Capability("t", "a", "r", ("p", Make.Is(true)), ("q", Make.Range(1, 2))), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tool":"t","action":"a"}""")]
    [InlineData("""{"tool":"t","action":"a","resource":null}""")]
    [InlineData("""{"tool":"t","action":"a","resource":7}""")]
    [InlineData("""{"tool":"T","action":"a","resource":"r"}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r/"}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","more":1}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","type":"credbroker_capability"}""")]
    [InlineData("""{"tool":"t","tool":"t","action":"a","resource":"r"}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r"} """ + "x")]
    [InlineData("""{"tool":"t","action":"a","resource":"r",}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":[]}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"P":{"is":true}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":true}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"is":"true"}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"is":true,"in":["a"]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":[]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":"a"}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":["b","a"]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":["a","a"]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":["a",1]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":["\u0000"]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"in":["\ud800"]}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"prefix":""}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"min":1}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"min":2,"max":1}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"min":1.5,"max":2}}}""")]
    [InlineData("""{"tool":"t","action":"a","resource":"r","parameters":{"p":{"min":1,"max":9223372036854775808}}}""")]
    public void Anything_but_a_capability_is_refused(string json)
    {
        Assert.False(CapabilityJson.TryParse(json, out Capability? capability));
        Assert.Null(capability);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[{"tool":"t","action":"a","resource":"r"},{"tool":"t","action":"a","resource":"r"}]""")]
    [InlineData("""[{"tool":"t","action":"a","resource":"r"},7]""")]
    public void Anything_but_an_envelope_is_refused(string json) => Assert.False(CapabilityJson.TryParse(json, out Envelope? _));

    [Fact]
    public void More_than_64_capabilities_or_values_are_refused_before_they_are_read()
    {
        var many = string.Join(',', Enumerable.Range(0, 65).Select(i => $$"""{"tool":"t","action":"a","resource":"r{{i}}"}"""));
        Assert.False(CapabilityJson.TryParse($"[{many}]", out Envelope? _));
        var values = string.Join(',', Enumerable.Range(10, 65).Select(i => $"\"{i}\""));
        Assert.False(CapabilityJson.TryParse("t", "a", "r", "{\"p\":{\"in\":[" + values + "]}}", out _));
        var names = string.Join(',', Enumerable.Range(10, 33).Select(i => $"\"p{i}\":" + "{\"is\":true}"));
        Assert.False(CapabilityJson.TryParse("t", "a", "r", "{" + names + "}", out _));
    }

    [Fact]
    public void Parts_that_the_database_keeps_apart_are_read_together()
    {
        Assert.True(CapabilityJson.TryParse("mail", "send", "outbox/*", CapabilityJson.ParametersToText(Full), out var read));
        Assert.Equal(Full, read);
        Assert.True(CapabilityJson.TryParse("t", "a", "r", "{}", out var bare));
        Assert.Equal(Make.Capability("t", "a", "r"), bare);
        Assert.False(CapabilityJson.TryParse("T", "a", "r", "{}", out _));
        Assert.False(CapabilityJson.TryParse("t", "a", "r", "[]", out _));
        Assert.False(CapabilityJson.TryParse("t", "a", "r", "", out _));
    }

    [Fact]
    public void Authorization_details_are_an_array_of_one_with_our_type_first()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) CapabilityJson.WriteDetails(json, Make.Capability("t", "a", "r", ("p", Make.Is(true))));
        var text = Encoding.UTF8.GetString(buffer.ToArray());
        Assert.Equal("""[{"type":"credbroker_capability","tool":"t","action":"a","resource":"r","parameters":{"p":{"is":true}}}]""", text);

        Assert.True(CapabilityJson.TryReadDetails(JsonElement.Parse(text), out var read));
        Assert.Equal(Make.Capability("t", "a", "r", ("p", Make.Is(true))), read);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[{"tool":"t","action":"a","resource":"r"}]""")]
    [InlineData("""[{"type":"other","tool":"t","action":"a","resource":"r"}]""")]
    [InlineData("""[{"type":null,"tool":"t","action":"a","resource":"r"}]""")]
    [InlineData("""[{"type":"credbroker_capability","tool":"t","action":"a","resource":"r"},{"type":"credbroker_capability","tool":"t","action":"b","resource":"r"}]""")]
    public void Other_authorization_details_are_refused(string json) => Assert.False(CapabilityJson.TryReadDetails(JsonElement.Parse(json), out _));

    [Fact]
    public void No_damage_to_a_text_makes_the_reader_throw_or_take_a_second_form()
    {
        var damage = from at in Gen.Choose(0, FullText.Length - 1)
                     from length in Gen.Choose(0, 3)
                     from insert in Gen.Elements("", "\"", "{", "}", "[", "]", ",", ":", "\\", "\\ud800", "0", "e9", "a", "\0", "\u202e")
                     select FullText[..at] + insert + FullText[Math.Min(FullText.Length, at + length)..];
        Properties.Hold(Prop.ForAll(damage.ToArbitrary(), text =>
            !CapabilityJson.TryParse(text, out Capability? read)
            || (CapabilityJson.TryParse(CapabilityJson.ToText(read), out Capability? again) && again.Equals(read))), 5000);
    }
}
