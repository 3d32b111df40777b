using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Schema;

/// <summary>Schemas as JSON, and that both forms say the same.</summary>
public sealed class SchemaJsonTests
{
    [Theory]
    [InlineData("")]
    [InlineData(Schemas.Text)]
    [InlineData("entity A enum [\"a\", \"a\"];")]
    [InlineData("@doc(\"x\") @if namespace N { @a entity A {@b(\"z\") \"x y\"?: __cedar::Long}; @c action q in [N::Action::\"r\", \"s\"]; action r, s; @d type T = {}; }")]
    [InlineData("type C = {}; entity A; action a appliesTo {principal: A, resource: A, context: C};")]
    public void What_is_read_from_text_comes_back_from_json(string text)
    {
        var schema = Schemas.Read(text);
        var read = Schemas.ReadJson(schema.ToJson());

        Assert.Equal(schema.ToJson(), read.ToJson());
        AreSame(schema, read);
    }

    [Fact]
    public void Declarations_are_written_as_the_official_build_writes_them()
    {
        var schema = Schemas.Read("@n namespace N { entity B, A in [A] = {@z x?: Long, y: Set<{a: A}>} tags T; type T = {}; action a in [\"b\"] appliesTo {principal: A, resource: [B], context: T}; action b; }");

        Assert.Equal("""
            {"N":{"commonTypes":{"T":{"type":"Record","attributes":{}}},"entityTypes":{"A":{"memberOfTypes":["A"],"shape":{"type":"Record","attributes":{"x":{"type":"EntityOrCommon","name":"Long","annotations":{"z":""},"required":false},"y":{"type":"Set","element":{"type":"Record","attributes":{"a":{"type":"EntityOrCommon","name":"A"}}}}}},"tags":{"type":"EntityOrCommon","name":"T"}},"B":{"memberOfTypes":["A"],"shape":{"type":"Record","attributes":{"x":{"type":"EntityOrCommon","name":"Long","annotations":{"z":""},"required":false},"y":{"type":"Set","element":{"type":"Record","attributes":{"a":{"type":"EntityOrCommon","name":"A"}}}}}},"tags":{"type":"EntityOrCommon","name":"T"}}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["B"],"context":{"type":"T"}},"memberOf":[{"id":"b"}]},"b":{"appliesTo":{"principalTypes":[],"resourceTypes":[]}}},"annotations":{"n":""}}}
            """, schema.ToJson());
    }

    [Theory]
    [InlineData("[]", "1:1: this is an array; expected an object of namespaces")]
    [InlineData("{\"\":{\"actions\":{}}}", "1:5: there is no member `entityTypes`; expected one")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"foo\":1}}", "1:36: there is no member `foo` here; expected entityTypes, actions, commonTypes or annotations")]
    [InlineData("{\" N\":{\"entityTypes\":{},\"actions\":{}}}", "1:2: ` N` is not the name of a namespace; expected identifiers joined by `::`, or nothing")]
    [InlineData("{\"\":{\"entityTypes\":{\"if\":{}},\"actions\":{}}}", "1:21: `if` is not a name; expected an identifier that is no reserved word")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"shape\":{\"type\":\"Long\"}}},\"actions\":{}}}", "1:34: the shape is `Long`; expected a record")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"tags\":{\"type\":\"Extension\",\"name\":\"Long\"}}},\"actions\":{}}}", "1:33: there is no extension type `Long`")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"tags\":{\"type\":\"A\"}}},\"actions\":{}}}", "1:33: there is no common type `A`")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"enum\":[]}},\"actions\":{}}}", "1:33: these are no ids; expected an array of one or more strings")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"attributes\":{}}}}}", "1:52: actions have no attributes; expected no `attributes`")]
    public void A_mistake_is_refused_at_its_place(string json, string message)
    {
        Assert.False(CedarSchema.TryParseJson(new("schema.json", json), out var schema, out var errors), json);
        Assert.Null(schema);
        Assert.Equal("schema.json:" + message, errors[0].ToString());
    }

    [Fact]
    public void Every_form_of_a_type_is_read()
    {
        var schema = Schemas.ReadJson("""
            {"": {"commonTypes": {"T": {"type": "Record", "attributes": {}, "annotations": {"a": null}}}, "actions": {"a": {"memberOf": null, "appliesTo": null, "attributes": null}},
              "entityTypes": {"A": {"shape": {"type": "Record", "additionalAttributes": false, "attributes": {
                "a": {"type": "Long", "required": false}, "b": {"type": "Boolean"}, "c": {"type": "Entity", "name": "A"}, "d": {"type": "Extension", "name": "ipaddr"},
                "e": {"type": "EntityOrCommon", "name": "T"}, "f": {"type": "T"}, "g": {"type": "Set", "element": {"type": "String"}}, "h": {"type": "decimal"}, "i": {"type": "__cedar::Bool"}}}}}}}
            """);

        Assert.Equal("{a?: Long, b: Bool, c: A, d: ipaddr, e: {}, f: {}, g: Set<String>, h: decimal, i: Bool}", Assert.Single(schema.EntityTypes).Value.Attributes.ToString());
    }

    private static void AreSame(CedarSchema one, CedarSchema other)
    {
        Assert.Equal(one.EntityTypes.Keys.Select(type => type.Name).Order(), other.EntityTypes.Keys.Select(type => type.Name).Order());
        foreach (var (name, type) in one.EntityTypes)
        {
            var its = other.EntityTypes[name];
            Assert.Equal(type.Attributes, its.Attributes);
            Assert.Equal(type.Tags, its.Tags);
            Assert.Equal(type.Ids?.AsEnumerable(), its.Ids?.AsEnumerable());
            Assert.True(type.Containers.SetEquals(its.Containers));
        }

        Assert.Equal(one.Actions.Count, other.Actions.Count);
        foreach (var (uid, action) in one.Actions)
        {
            Assert.Equal(action.PrincipalTypes, other.Actions[uid].PrincipalTypes);
            Assert.Equal(action.ResourceTypes, other.Actions[uid].ResourceTypes);
            Assert.Equal(action.Context, other.Actions[uid].Context);
            Assert.Equal(action.Groups.ToHashSet(), other.Actions[uid].Groups.ToHashSet());
        }
    }
}
