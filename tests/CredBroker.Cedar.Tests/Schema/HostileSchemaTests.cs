using System.Text;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Schema;

/// <summary>Whatever the input: a schema, or errors with places in it; never an exception, never for long.</summary>
public sealed class HostileSchemaTests
{
    private const int Many = 20_000;

    private static readonly string[] s_pieces =
    [
        "entity", "action", "type", "namespace", "in", "tags", "enum", "appliesTo", "attributes", "principal", "resource", "context", "Set<", ">", "{", "}", "[", "]", "(", ")", ":", "::",
        ",", ";", "=", "?", "@", "@a(\"b\")", "A", "B", "N", "Long", "String", "Action", "Action::\"a\"", "\"a\"", "__cedar", "__cedar::Long", "ipaddr", "if", "1", "//", "\n", "\"", "\0", "é",
        "entity A;", "entity B in [A] = {x?: Long};", "action a appliesTo { principal: A, resource: A };", "type T = Set<A>;", "namespace N {",
    ];

    [Fact]
    public void Random_words_are_read_or_refused() => Properties.Hold(
        Prop.ForAll(Gen.ListOf(Gen.Elements(s_pieces)).Select(pieces => string.Join(' ', pieces)).ToArbitrary(), IsReadOrRefused), 5_000);

    [Fact]
    public void Random_characters_are_read_or_refused() => Properties.Hold(
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 0xffff)).Select(codes => string.Concat(codes.Select(code => (char)code))).ToArbitrary(), IsReadOrRefused), 1_000);

    [Fact]
    public void Damaged_schemas_are_read_or_refused() => Properties.Hold(Prop.ForAll(Damaged(Schemas.Text, s_pieces).ToArbitrary(), IsReadOrRefused), 3_000);

    [Fact]
    public void Damaged_json_is_read_or_refused() => Properties.Hold(
        Prop.ForAll(
            Damaged(Schemas.Sample.ToJson(), ["{", "}", "[", "]", "\"", ",", ":", "null", "1", "\"type\"", "\"A\"", "\"required\"", "{\"type\":\"Long\"}", "\\ud800", "[]", "\"Set\"", "false"]).ToArbitrary(),
            json => AreErrors(CedarSchema.TryParseJson(new("x", json), out _, out var errors), errors.AsSpan())),
        3_000);

    [Theory]
    [InlineData("entity A")]
    [InlineData("entity A {x: ")]
    [InlineData("type T = Set<")]
    [InlineData("type T = {a:")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("namespace N {")]
    [InlineData("@a")]
    [InlineData("A::")]
    [InlineData("Set<")]
    [InlineData("entity A;")]
    [InlineData("action a in b;")]
    [InlineData("type T = U;")]
    [InlineData("entity A {x: Nope};")]
    public void A_megabyte_of_anything_is_read_or_refused(string piece)
    {
        var repeated = new StringBuilder().Insert(0, piece, 1_000_000 / piece.Length).ToString();

        // What took quadratic time would not be done within the hour.
        Assert.True(IsReadOrRefused(repeated));
        Assert.True(IsReadOrRefused("type T = " + repeated));
    }

    [Fact]
    public void Types_that_share_much_cost_what_they_take_to_write()
    {
        var levels = Enumerable.Range(0, 300).Select(i => $"type T{i} = {{a: T{i + 1}, b: T{i + 1}}}; type U{i} = {{a: U{i + 1}, b: U{i + 1}}};");
        var schema = Schemas.Read($"{string.Concat(levels)} type T300 = Long; type U300 = Set<Long>; entity A {{a: T0, b: U0, c: T0}}; action x appliesTo {{principal: A, resource: A}};");

        Assert.True(Schemas.Validate("permit (principal, action, resource) when { principal.a == principal.c };", schema).IsValid);
        var error = Assert.Single(Schemas.Validate("permit (principal, action, resource) when { principal.a == principal.b };", schema).Errors);
        Assert.StartsWith("the types `{a: {a: {a:", error.Message, StringComparison.Ordinal);
        Assert.True(error.ToString().Length < 500);
    }

    [Fact]
    public void Long_chains_and_circles_of_types_are_followed_without_recursion()
    {
        var chain = string.Concat(Enumerable.Range(0, Many).Select(i => $"type T{i} = T{i + 1};"));

        Assert.Equal(CedarType.Long, Assert.Single(Schemas.Read($"{chain} type T{Many} = Long; entity A {{x: T0}};").EntityTypes).Value.Attributes.Find("x")?.Type);
        Assert.Contains("is made of itself", Assert.Single(Schemas.Errors($"{chain} type T{Many} = T0;")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_entity_types_is_allowed()
    {
        var circle = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"entity T{i} in T{(i + 1) % 1_000};"));

        Assert.All(Schemas.Read(circle).EntityTypes.Values, type => Assert.Equal(1_000, type.Containers.Count));
    }

    [Fact]
    public void What_would_cost_more_than_a_schema_is_worth_is_refused()
    {
        var types = Enumerable.Range(0, Many).Select(i => $"T{i}").ToArray();

        Assert.Equal("this type nests too deep; expected at most 400 levels", Schemas.Errors($"type T = {string.Concat(Enumerable.Repeat("Set<", 100_000))}")[0].Message);
        Assert.Equal("this type nests too deep; expected at most 400 levels", Schemas.Errors(string.Concat(types[..500].Select(type => $"type {type} = Set<T{int.Parse(type[1..]) + 1}>;")) + "type T500 = Long;")[0].Message);
        Assert.Contains("the hierarchy of these types is too large", Schemas.Errors(string.Concat(types.Select((type, i) => $"entity {type} in T{(i + 1) % Many};")))[0].Message, StringComparison.Ordinal);
        Assert.Contains("too many kinds of requests", Schemas.Errors($"entity {string.Join(',', types)}; action a appliesTo {{principal: [{string.Join(',', types)}], resource: [{string.Join(',', types)}]}};")[0].Message, StringComparison.Ordinal);
        Assert.Equal(CedarLimits.MaxErrors + 1, Schemas.Errors($"entity {string.Join(',', types)}; entity A {{{string.Join(',', types.Select(type => $"{type}: X{type}"))}}};").Length);
    }

    private static FsCheck.Gen<string> Damaged(string text, string[] pieces) =>
        from at in Gen.Choose(0, text.Length)
        from length in Gen.Choose(0, 8)
        from piece in Gen.Elements(pieces)
        select text[..at] + piece + text[Math.Min(text.Length, at + length)..];

    private static bool IsReadOrRefused(string text)
    {
        var isRead = CedarSchema.TryParse(new("x", text), out var schema, out var errors);
        if (schema is not null) Assert.Equal(schema.ToJson(), Schemas.ReadJson(schema.ToJson()).ToJson());
        return AreErrors(isRead, errors.AsSpan());
    }

    private static bool AreErrors(bool isFine, ReadOnlySpan<CedarError> errors)
    {
        foreach (var error in errors)
            if (error.At is not { Line: >= 1, Column: >= 1 } || error.ToExcerpt().Length > 2_000) return false;
        return isFine == errors.IsEmpty;
    }
}
