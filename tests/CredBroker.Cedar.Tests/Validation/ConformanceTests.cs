using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>A value of every form where a value of every type is due: in attributes, tags and contexts, read by the schema and held against it.</summary>
public sealed class ConformanceTests
{
    private const string Entity = "{\"__entity\": {\"type\": \"A\", \"id\": \"x\"}}", Other = "{\"__entity\": {\"type\": \"B\", \"id\": \"x\"}}", Listed = "{\"__entity\": {\"type\": \"E\", \"id\": \"one\"}}",
        Unlisted = "{\"__entity\": {\"type\": \"E\", \"id\": \"two\"}}", Bare = "{\"type\": \"A\", \"id\": \"x\"}", Ip = "{\"__extn\": {\"fn\": \"ip\", \"arg\": \"::1\"}}",
        Decimal = "{\"__extn\": {\"fn\": \"decimal\", \"arg\": \"1.5\"}}", Call = "{\"fn\": \"ip\", \"arg\": \"::1\"}";

    private static readonly string[] s_values =
    [
        "true", "1", "\"::1\"", "\"1.5\"", "\"2024-01-01\"", "\"1h\"", "\"x\"", Entity, Other, Listed, Unlisted, Bare, Ip, Decimal, Call, "[]", "[1]", "[\"::1\"]", "[" + Entity + "]", "[" + Bare + "]", "[1, \"x\"]",
        "{}", "{\"a\": 1}", "{\"a\": 1, \"b\": true}", "{\"a\": \"x\"}", "{\"a\": 1, \"c\": 1}", "{\"b\": true}",
    ];

    [Theory]
    [InlineData("Bool", "true")]
    [InlineData("Long", "1")]
    [InlineData("String", "\"::1\"", "\"1.5\"", "\"2024-01-01\"", "\"1h\"", "\"x\"")]
    [InlineData("A", Entity, Bare)]
    [InlineData("B", Other)]
    [InlineData("E", Listed)]
    [InlineData("ipaddr", "\"::1\"", Ip, Call)]
    [InlineData("decimal", "\"1.5\"", Decimal)]
    [InlineData("datetime", "\"2024-01-01\"")]
    [InlineData("duration", "\"1h\"")]
    [InlineData("Set<Long>", "[]", "[1]")]
    [InlineData("Set<ipaddr>", "[]", "[\"::1\"]")]
    [InlineData("Set<A>", "[]", "[" + Entity + "]", "[" + Bare + "]")]
    [InlineData("Set<Set<Long>>", "[]")]
    [InlineData("{}", "{}")]
    [InlineData("{a: Long, b?: Bool}", "{\"a\": 1}", "{\"a\": 1, \"b\": true}")]
    [InlineData("{a?: Long, b?: Bool}", "{}", "{\"a\": 1}", "{\"a\": 1, \"b\": true}", "{\"b\": true}")]
    [InlineData("{a: String}", "{\"a\": \"x\"}")]
    [InlineData("{type: String, id: String}", Bare)]
    [InlineData("{fn: String, arg: String}", Call)]
    public void A_value_fits_a_type_or_it_does_not(string type, params string[] fitting)
    {
        var schema = Schemas.Read($"entity A {{ v: {type} }} tags {type}; entity B; entity E enum [\"one\"]; entity C {{ o?: {type} }}; action x appliesTo {{ principal: B, resource: B, context: {{ v: {type} }} }};");
        foreach (var value in s_values)
        {
            var fits = fitting.Contains(value);
            Assert.True(fits == IsEntity(schema, $"{{\"uid\": {{\"type\": \"A\", \"id\": \"e\"}}, \"attrs\": {{\"v\": {value}}}, \"parents\": []}}"), $"{value} as an attribute");
            Assert.True(fits == IsEntity(schema, $"{{\"uid\": {{\"type\": \"C\", \"id\": \"e\"}}, \"attrs\": {{\"o\": {value}}}, \"parents\": []}}"), $"{value} as an attribute that may be absent");
            Assert.True(fits == IsEntity(schema, $"{{\"uid\": {{\"type\": \"A\", \"id\": \"e\"}}, \"attrs\": {{\"v\": {fitting[0]}}}, \"parents\": [], \"tags\": {{\"t\": {value}}}}}"), $"{value} as a tag");
            Assert.True(fits == IsContext(schema, $"{{\"v\": {value}}}"), $"{value} in a context");
        }
    }

    [Theory]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {}, \"parents\": []}", "`A::\"e\"`: the attribute `r` is missing")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {}}, \"parents\": []}", "`A::\"e\"`: the attribute `s` of the attribute `r` is missing")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": [{}]}}, \"parents\": []}", "`A::\"e\"`: the attribute `t` of an element of the attribute `s` of the attribute `r` is missing")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": [{\"t\": 1, \"u\": 1}]}}, \"parents\": []}",
        "`A::\"e\"`: there is no attribute `u` of an element of the attribute `s` of the attribute `r` in the schema")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": [{\"t\": \"x\"}]}}, \"parents\": []}",
        "`A::\"e\"`: the attribute `t` of an element of the attribute `s` of the attribute `r` is a string, not a `Long`")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": []}, \"x\": 1}, \"parents\": []}", "`A::\"e\"`: there is no attribute `x` in the schema")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": []}}, \"parents\": [{\"type\": \"A\", \"id\": \"f\"}]}", "`A::\"e\"` is in `A::\"f\"`, whose type the schema does not allow there")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": []}}, \"parents\": [{\"type\": \"E\", \"id\": \"two\"}]}", "`A::\"e\"` is in something else: there is no `E::\"two\"`")]
    [InlineData("{\"uid\": {\"type\": \"A\", \"id\": \"e\"}, \"attrs\": {\"r\": {\"s\": []}}, \"parents\": [], \"tags\": {\"a\": 1}}", "`A::\"e\"`: the schema has no tags for `A`")]
    [InlineData("{\"uid\": {\"type\": \"E\", \"id\": \"one\"}, \"attrs\": {\"a\": 1}, \"parents\": []}", "`E::\"one\"`: there is no attribute `a` in the schema")]
    [InlineData("{\"uid\": {\"type\": \"E\", \"id\": \"one\"}, \"attrs\": {}, \"parents\": [{\"type\": \"A\", \"id\": \"f\"}]}", "`E::\"one\"` is in `A::\"f\"`, whose type the schema does not allow there")]
    public void What_does_not_fit_is_said_where_it_is(string entity, string message)
    {
        var schema = Schemas.Read("entity A in [E] { r: { s: Set<{ t: Long }> } }; entity E enum [\"one\"]; action x;");

        Assert.False(EntityValidator.TryParse(new("e.json", $"[{entity}]"), schema, out _, out var errors));
        Assert.Equal($"e.json:1:2: {message}", Assert.Single(errors).ToString());
    }

    [Fact]
    public void An_entity_may_be_in_what_its_type_may_be_in_through_others()
    {
        var schema = Schemas.Read("entity A in B; entity B in C; entity C; entity D in D; action x;");

        Assert.True(IsEntity(schema, "{\"uid\": {\"type\": \"A\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [{\"type\": \"B\", \"id\": \"b\"}, {\"type\": \"C\", \"id\": \"c\"}]}"));
        Assert.True(IsEntity(schema, "{\"uid\": {\"type\": \"D\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [{\"type\": \"D\", \"id\": \"b\"}]}"));
        Assert.False(IsEntity(schema, "{\"uid\": {\"type\": \"C\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [{\"type\": \"A\", \"id\": \"b\"}]}"));
    }

    private static bool IsEntity(CedarSchema schema, string entity)
    {
        var isRead = EntityValidator.TryParse(new("e.json", $"[{entity}]"), schema, out var store, out var errors);
        Assert.Equal(isRead, errors.IsEmpty);
        if (store is not null) Assert.Empty(EntityValidator.Validate(store, schema));
        return isRead;
    }

    private static bool IsContext(CedarSchema schema, string json)
    {
        var action = EntityUid.Of("Action", "x");
        if (!RequestValidator.TryParseContext(new("c.json", json), schema, action, out var context, out _)) return false;
        var user = EntityUid.Of("B", "u");
        var errors = RequestValidator.Validate(new CedarRequest(user, action, user, context), schema);
        Assert.Equal(errors.IsEmpty, RequestValidator.ValidateContext(context, schema, action) is null);
        return errors.IsEmpty;
    }
}
