using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Schema;

/// <summary>Complaints about schemas, as text and as JSON: exactly the characters that they are about.</summary>
public sealed class SchemaPlaceTests
{
    private const string AType = "a type: a name, `Set<…>` or `{…}`";

    [Theory]
    [InlineData("entity A«»", "the text ends here; expected `,`, `in`, `=`, `{`, `tags`, `enum` or `;`")]
    [InlineData("entity A, «1»;", "unexpected `1`; expected the name of an entity type")]
    [InlineData("entity A::«B»;", "unexpected `::`; expected `,`, `in`, `=`, `{`, `tags`, `enum` or `;`", -2)]
    [InlineData("entity A in «{»};", "unexpected `{`; expected the name of an entity type")]
    [InlineData("entity A in [] «in» B;", "unexpected `in`; expected `,`, `in`, `=`, `{`, `tags`, `enum` or `;`")]
    [InlineData("entity A in B «enum» [\"a\"];", "unexpected `enum`; expected `=`, `{`, `tags` or `;`")]
    [InlineData("entity A {} «in» B;", "unexpected `in`; expected `tags` or `;`")]
    [InlineData("entity A tags Long «tags» Long;", "unexpected `tags`; expected `;`")]
    [InlineData("entity A enum [\"a\"«]»", null)]
    [InlineData("entity A enum [\"a\",«]»;", "unexpected `]`; expected an id in double quotes")]
    [InlineData("entity A enum [«a»];", "unexpected `a`; expected an id in double quotes")]
    [InlineData("entity A {\"x y\"«,»};", "unexpected `,`; expected `:` or `?`")]
    [InlineData("entity A {x?«?»: Long};", "unexpected `?`; expected `:`")]
    [InlineData("entity A {x: Long «y»: Long};", "unexpected `y`; expected `,` or `}`")]
    [InlineData("entity A {x: «<»Long>};", "unexpected `<`; expected " + AType)]
    [InlineData("entity A {x: Set<Long«}»;", "unexpected `}`; expected `>`")]
    [InlineData("entity A {«1»: Long};", "unexpected `1`; expected the name of an attribute, or `}`")]
    [InlineData("entity A {«has»: Long};", "`has` is a reserved word; expected the name of an attribute, or `}`")]
    [InlineData("entity A {\"«\\q»\": Long};", "`\\q` is not an escape; expected `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\0`, `\\'`, `\\x00` to `\\x7F` or `\\u{…}`")]
    [InlineData("type «1» = Long;", "unexpected `1`; expected the type's name")]
    [InlineData("type T «:» Long;", "unexpected `:`; expected `=`")]
    [InlineData("type T = Long «type» U = Long;", "unexpected `type`; expected `;`")]
    [InlineData("action «{»};", "unexpected `{`; expected the name of an action")]
    [InlineData("action a in [b «c»];", "unexpected `c`; expected `,` or `]`")]
    [InlineData("action a in N::b«;»", "unexpected `;`; expected `::` and the action's id in double quotes")]
    [InlineData("action a in Action::«1»;", "unexpected `1`; expected the action's id in double quotes")]
    [InlineData("action a appliesTo «[»];", "unexpected `[`; expected `{`")]
    [InlineData("action a appliesTo {«who»: A};", "unexpected `who`; expected `principal`, `resource` or `context`")]
    [InlineData("action a appliesTo {principal «=» A};", "unexpected `=`; expected `:`")]
    [InlineData("action a appliesTo {principal: A «resource»: A};", "unexpected `resource`; expected `,` or `}`")]
    [InlineData("action a appliesTo {principal: A, resource: A, context: «[»]};", "unexpected `[`; expected the name of a record type, or `{…}`")]
    [InlineData("action a attributes {«x»: Long};", "unexpected `x`; expected `}`: actions have no attributes")]
    [InlineData("namespace «{»}", "unexpected `{`; expected the namespace's name")]
    [InlineData("namespace N «;»", "unexpected `;`; expected `{`")]
    [InlineData("namespace N { entity A;«»", "the text ends here; expected `entity`, `action`, `type` or `}`")]
    [InlineData("@«1» entity A;", "unexpected `1`; expected the annotation's name")]
    [InlineData("@a(«1») entity A;", "unexpected `1`; expected the annotation's text in double quotes")]
    [InlineData("@a «;»", "unexpected `;`; expected `entity`, `action`, `type` or `namespace`")]
    [InlineData("entity A {@a @«a» x: Long};", "the annotation `a` is there twice")]
    [InlineData("«permit»(principal, action, resource);", "unexpected `permit`; expected `entity`, `action`, `type` or `namespace`")]
    public void A_mistake_of_grammar_is_refused_at_its_place(string text, string? message, int shift = 0)
    {
        var marked = Marked.Of(text);
        if (shift < 0) marked = marked with { Span = new(marked.Span.Start + shift, marked.Span.Start) };
        var errors = Schemas.Errors(marked.Text);

        if (message is null) Assert.Equal(marked.Text.Length, errors[0].Span.Start);
        else marked.Is(errors[0], message);
    }

    [Theory]
    [InlineData("entity A {x: «Nope»};", "there is no type `Nope`")]
    [InlineData("entity A {x: Set<«N::Nope»>};", "there is no type `N::Nope`")]
    [InlineData("entity A {x: «__cedar::Nope»};", "there is no type `__cedar::Nope`")]
    [InlineData("entity A {x: «Boolean»};", "there is no type `Boolean`")]
    [InlineData("entity A tags «Nope»;", "there is no type `Nope`")]
    [InlineData("entity A in «Long»;", "there is no entity type `Long`")]
    [InlineData("type T = A; entity A; entity B in «T»;", "there is no entity type `T`")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: «Action» };", "there is no entity type `Action`")]
    [InlineData("entity A; action a appliesTo { principal: «a», resource: A };", "there is no entity type `a`; expected perhaps `A`")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: A, context: «A» };", "there is no common type `A`")]
    [InlineData("type T = Set<Long>; entity A; action a appliesTo { principal: A, resource: A, context: «T» };", "the context of `Action::\"a\"` is `Set<Long>`; expected a record")]
    [InlineData("action a in «N::Action::\"b\"»;", "there is no action `N::Action::\"b\"`")]
    [InlineData("namespace N { action a in «\"b\"»; }", "there is no action `N::Action::\"b\"`")]
    [InlineData("type A = Set<B>; type B = {x: «A»};", "the type `A` is made of itself; expected types that end somewhere")]
    [InlineData("type «Set» = Long;", "`Set` is a name of the language's own; expected another name")]
    [InlineData("namespace N { entity «Action»; }", "`Action` is the type of the actions; expected another name")]
    [InlineData("type T = Long; namespace N { type «T» = Long; }", "`N::T` would hide `T`, which is in no namespace; expected another name")]
    [InlineData("action a; namespace N { action «a»; }", "`N::Action::\"a\"` would hide the action of this name that is in no namespace; expected another name")]
    [InlineData("namespace N { entity A; type T = Long; type «T» = Long; }", "the type `N::T` is there twice")]
    public void A_mistake_of_meaning_is_refused_at_its_place(string text, string message)
    {
        var marked = Marked.Of(text);

        marked.Is(Assert.Single(Schemas.Errors(marked.Text)), message);
    }

    [Theory]
    [InlineData("{\"N\":«1»}", "this is a number; expected an object")]
    [InlineData("{«\"__cedar\"»:{\"entityTypes\":{},\"actions\":{}}}", "`__cedar` is not the name of a namespace; expected identifiers joined by `::`, or nothing")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"annotations\":«{\"a\":\"b\"}»}}", "what is in no namespace cannot have annotations; expected none")]
    [InlineData("{\"\":{\"entityTypes\":«[]»,\"actions\":{}}}", "this is an array; expected an object of declarations by name")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{«\"Long\"»:{\"type\":\"Long\"}}}}", "`Long` is a name of the language's own; expected another name")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":«{}»}}}", "this is no type; expected an object with `type`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":«{\"type\":\"Set\"}»}}}", "there is no member `element`; expected one")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":{\"type\":\"Long\",«\"element\"»:{}}}}}", "there is no member `element` here; expected type or annotations")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":«{\"type\":\"Entity\",\"name\":1}»}}}", "this names no type; expected a string for `name`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":«{\"type\":\"Entity\",\"name\":\"a b\"}»}}}", "`a b` is not the name of a type; expected identifiers joined by `::`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{},\"additionalAttributes\":«true»}}}}",
        "records with further attributes are not supported; expected `false`, or nothing")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":«{\"type\":\"Record\",\"attributes\":[]}»}}}", "these are no attributes; expected an object of types by name")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{},\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{\"a\":{\"type\":\"Long\",\"required\":«1»}}}}}}", "this is a number; expected `true` or `false`")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"memberOfTypes\":«1»}},\"actions\":{}}}", "this is a number; expected an array of names of entity types")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"memberOfTypes\":[«\"B\"»]}},\"actions\":{}}}", "there is no entity type `B`")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"enum\":«[1]»}},\"actions\":{}}}", "these are no ids; expected an array of one or more strings")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"enum\":[\"a\"],«\"shape\"»:{}}},\"actions\":{}}}", "there is no member `shape` here; expected enum or annotations")]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{«\"shapes\"»:{}}},\"actions\":{}}}", "there is no member `shapes` here; expected memberOfTypes, shape, tags or annotations")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"memberOf\":«{}»}}}}", "this is an object; expected an array of `{\"id\": …, \"type\": …}`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"memberOf\":[«{\"id\":1}»]}}}}", "this names no action; expected a string for `id`, and the name of a type for `type`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"memberOf\":[«{\"id\":\"b\"}»]}}}}", "there is no action `Action::\"b\"`")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"appliesTo\":«{\"principalTypes\":[]}»}}}}", "there is no member `resourceTypes`; expected one")]
    [InlineData("{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"annotations\":{«\"1\"»:\"x\"}}}}}", "`1` is no annotation; expected an identifier, with a string or null")]
    public void A_mistake_in_json_is_refused_at_its_place(string json, string message)
    {
        var marked = Marked.Of(json);

        Assert.False(CedarSchema.TryParseJson(new("schema.json", marked.Text), out var schema, out var errors));
        Assert.Null(schema);
        marked.Is(errors[0], message);
    }

    [Theory]
    [InlineData("User", "Usre", "User")]
    [InlineData("User", "user", "User")]
    [InlineData("User", "Us", null)]
    [InlineData("User", "Usr", "User")]
    [InlineData("User", "xUser", "User")]
    [InlineData("User", "Group", null)]
    [InlineData("User", "", null)]
    [InlineData("a", "b", null)]
    [InlineData("principal", "principle", "principal")]
    [InlineData("resource", "recourse", "resource")]
    public void What_may_have_been_meant_is_near(string known, string written, string? suggested) => Assert.Equal(suggested, Suggestions.Nearest(written, [known]));

    [Fact]
    public void The_nearest_of_several_is_suggested()
    {
        Assert.Equal("abcdef", Suggestions.Nearest("abcdeg", ["abcxxf", "abcdef", "abcdxx"]));
        Assert.Null(Suggestions.Nearest(new string('a', 61), [new string('a', 60)]));
        Assert.Null(Suggestions.Nearest("same", ["same"]));
    }
}
