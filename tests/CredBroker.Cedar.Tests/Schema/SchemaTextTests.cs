using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Schema;

/// <summary>Schemas as text: what they say, and what is refused at which place with which words.</summary>
public sealed class SchemaTextTests
{
    [Fact]
    public void Entity_types_have_attributes_tags_and_types_above_them()
    {
        var user = Schemas.Sample.EntityTypes[EntityType.Parse("User")];

        Assert.Equal(CedarType.Long, user.Attributes.Find("n")?.Type);
        Assert.True(user.Attributes.Find("n")?.IsRequired);
        Assert.False(user.Attributes.Find("o")?.IsRequired);
        Assert.Null(user.Attributes.Find("p"));
        Assert.Equal(CedarType.String, user.Tags);
        Assert.Equal([EntityType.Parse("Group")], user.Containers);
        Assert.Equal("{street: String, zip?: Long}", user.Attributes.Find("home")?.Type.ToString());
        Assert.Same(user.Attributes.Find("home")?.Type, user.Attributes.Find("work")?.Type);
        Assert.Equal("Set<User>", user.Attributes.Find("friends")?.Type.ToString());
        Assert.Null(Schemas.Sample.EntityTypes[EntityType.Parse("Doc")].Tags);
    }

    [Fact]
    public void Enumerated_types_have_the_ids_that_are_listed()
    {
        var color = Schemas.Sample.EntityTypes[EntityType.Parse("Color")];

        Assert.True(color.HasId("red"));
        Assert.False(color.HasId("green"));
        Assert.True(Schemas.Sample.EntityTypes[EntityType.Parse("User")].HasId("green"));
    }

    [Fact]
    public void Actions_have_groups_and_requests()
    {
        var view = Schemas.Sample.Actions[EntityUid.Of("Action", "view")];

        Assert.Equal([EntityUid.Of("Action", "any")], view.Groups);
        Assert.Equal([EntityType.Parse("User")], view.PrincipalTypes);
        Assert.Equal([EntityType.Parse("Doc")], view.ResourceTypes);
        Assert.Equal(CedarType.Long, view.Context.Find("c")?.Type);
        Assert.Empty(Schemas.Sample.Actions[EntityUid.Of("Action", "any")].PrincipalTypes);
        Assert.Contains(EntityUid.Of("Shop::Action", "buy"), Schemas.Sample.Actions.Keys);
        Assert.True(Schemas.Sample.ActionEntities.IsIn(view.Uid, EntityUid.Of("Action", "any")));
    }

    [Fact]
    public void Names_are_looked_up_in_their_namespace_then_outside_then_among_the_languages_own()
    {
        var schema = Schemas.Read("""
            entity U;
            type T = Long;
            namespace N {
                entity E = { u: U, t: T, l: Long, own: __cedar::String, absolute: M::E, i: ipaddr };
                type ipaddr = String;
                entity String;
            }
            namespace M { entity E = { l: Long }; }
            """);
        var attributes = schema.EntityTypes[EntityType.Parse("N::E")].Attributes;

        Assert.Equal("{absolute: M::E, i: N::String, l: Long, own: String, t: Long, u: U}", attributes.ToString());
    }

    [Theory]
    [InlineData("entity A", "1:9: the text ends here; expected `,`, `in`, `=`, `{`, `tags`, `enum` or `;`")]
    [InlineData("entity if;", "1:8: `if` is a reserved word; expected the name of an entity type")]
    [InlineData("entity A in [B,];", "1:16: unexpected `]`; expected the name of an entity type")]
    [InlineData("entity A = Long;", "1:12: unexpected `Long`; expected `{`: the attributes, written out")]
    [InlineData("entity A {x: };", "1:14: unexpected `}`; expected a type: a name, `Set<…>` or `{…}`")]
    [InlineData("entity A {x Long};", "1:13: unexpected `Long`; expected `:` or `?`")]
    [InlineData("entity A enum [];", "1:16: unexpected `]`; expected an id in double quotes")]
    [InlineData("entity A {x: Lnog};", "1:14: there is no type `Lnog`; expected perhaps `Long`")]
    [InlineData("entity A {x: Nothing};", "1:14: there is no type `Nothing`")]
    [InlineData("entity User; entity A in Usr;", "1:26: there is no entity type `Usr`; expected perhaps `User`")]
    [InlineData("entity Action;", "1:8: `Action` is the type of the actions; expected another name")]
    [InlineData("entity A; entity A;", "1:18: the entity type `A` is there twice")]
    [InlineData("type Long = String;", "1:6: `Long` is a name of the language's own; expected another name")]
    [InlineData("type T = T;", "1:10: the type `T` is made of itself; expected types that end somewhere")]
    [InlineData("namespace N { entity A; } entity A;", "1:22: `N::A` would hide `A`, which is in no namespace; expected another name")]
    [InlineData("namespace N {} namespace N {}", "1:26: the namespace `N` is there twice; expected all its declarations in one place")]
    [InlineData("namespace __cedar {}", "1:11: `__cedar` is the language's own namespace; expected another name")]
    [InlineData("namespace N { namespace M {} }", "1:15: unexpected `namespace`; expected `entity`, `action`, `type` or `}`")]
    [InlineData("@a @a entity A;", "1:5: the annotation `a` is there twice")]
    [InlineData("entity A; action a appliesTo {principal: A};", "1:30: there is no `resource` here; expected the types of both")]
    [InlineData("entity A; action a appliesTo {principal: [], resource: A};", "1:42: this list is empty; expected entity types, or no `appliesTo` for an action that is never requested")]
    [InlineData("entity A; action a appliesTo {principal: A, principal: A, resource: A};", "1:45: `principal` is there twice")]
    [InlineData("entity A; action a appliesTo {principal: A, resource: A, context: Long};", "1:67: the context of `Action::\"a\"` is `Long`; expected a record")]
    [InlineData("action write; action a in wirte;", "1:27: there is no action `Action::\"wirte\"`; expected perhaps `write`")]
    [InlineData("action a in b; action b in a;", "1:8: the entity `Action::\"a\"` is above itself")]
    [InlineData("action a; action a;", "1:18: the action `Action::\"a\"` is there twice")]
    [InlineData("actions a;", "1:1: unexpected `actions`; expected `entity`, `action`, `type` or `namespace`")]
    public void A_mistake_is_refused_at_its_place(string text, string message) => Assert.Equal("test.cedarschema:" + message, Schemas.Errors(text)[0].ToString());

    [Fact]
    public void All_mistakes_are_named_those_of_grammar_first()
    {
        var wrong = Schemas.Errors("entity A {if: Long};\nnamespace N {\n  entity B {x};\n}\nentity C in;");

        Assert.Equal(["1:11", "3:14", "5:12"], wrong.Select(error => $"{error.At?.Line}:{error.At?.Column}"));
        Assert.Equal(4, Schemas.Errors("entity A in B {x: X, y: {z: Y}}; action a appliesTo {principal: Z, resource: A};").Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("entity type, action, tags, enum;")]
    [InlineData("entity A in [B] = {x: Set<Set<A>>,} tags {y?: Long}; entity B in A;")]
    [InlineData("@doc(\"x\") @if namespace N { @a entity A {@b(\"z\") x: Long}; @c action q; @d type T = Long; }")]
    [InlineData("action \"a b\", c in [\"d e\", N::Action::\"f\"]; action \"d e\"; namespace N { action f; }")]
    [InlineData("entity A; action a appliesTo {context: {}, resource: [A], principal: A,} attributes {};")]
    [InlineData("entity A {x: N::Action}; namespace N { action a; }")]
    public void Other_forms_are_read(string text) => Schemas.Read(text);
}
