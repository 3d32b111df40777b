using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Policies;

/// <summary>Complaints about policies in JSON: exactly the characters that they are about.</summary>
public sealed class PolicyJsonPlaceTests
{
    private const string Scopes = "\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"}";
    private const string Type = "this is not the name of a type; expected identifiers joined by `::`";
    private const string NoExpression = "this is no expression; expected an object with exactly one member, such as `{\"Var\": \"principal\"}`";

    [Theory]
    [InlineData("«1»", NoExpression)]
    [InlineData("«{}»", NoExpression)]
    [InlineData("{\"!\":{\"arg\":«[]»}}", NoExpression)]
    [InlineData("«{\"nope\":1}»", "there is no expression `nope`; expected `Value`, `Var`, an operator or a function")]
    [InlineData("{\"Var\":«\"user\"»}", "this is no variable; expected `principal`, `action`, `resource` or `context`")]
    [InlineData("{\"Var\":«1»}", "this is no variable; expected `principal`, `action`, `resource` or `context`")]
    [InlineData("«{\"Slot\":\"?principal\"}»", "a slot has no place in a condition; expected a slot in the scope only")]
    [InlineData("{\"Value\":«null»}", "Cedar has no null; expected a value")]
    [InlineData("{\"Value\":[1,«1.5»]}", "Cedar has no number `1.5`; expected a whole number of 64 bits, without fraction and exponent")]
    [InlineData("{\"Value\":{\"a\":«9223372036854775808»}}", "Cedar has no number `9223372036854775808`; expected a whole number of 64 bits, without fraction and exponent")]
    [InlineData("{\"Value\":«{\"__expr\":\"1\"}»}", "the escape `__expr` is not supported; expected `__entity` or `__extn`")]
    [InlineData("{\"Value\":{\"__entity\":«{\"type\":\"1\",\"id\":\"\"}»}}", "`1` is not the name of a type; expected identifiers joined by `::`")]
    [InlineData("{\"Value\":{\"__extn\":«{\"fn\":\"f g\",\"arg\":1}»}}", "`f g` is not the name of a function; expected the name of an extension function")]
    [InlineData("{\"==\":«{\"left\":{\"Value\":1}}»}", "there is no member `right`; expected one")]
    [InlineData("{\"==\":{«\"Left\"»:{\"Value\":1}}}", "there is no member `Left` here; expected left or right")]
    [InlineData("{\"&&\":{\"left\":{\"Value\":true},\"right\":«\"true\"»}}", NoExpression)]
    [InlineData("{\"+\":{\"left\":«1»,\"right\":{\"Value\":1}}}", NoExpression)]
    [InlineData("{\"neg\":«1»}", "this is a number; expected an object")]
    [InlineData("{\".\":«{\"left\":{\"Value\":1},\"attr\":1}»}", "this is no attribute; expected a string")]
    [InlineData("{\"has\":«{\"left\":{\"Value\":1},\"attr\":[]}»}", "these are no attributes; expected a string, or an array of one or more strings")]
    [InlineData("{\"like\":«{\"left\":{\"Value\":1},\"pattern\":[{\"literal\":\"a\"}]}»}", "this is no pattern; expected an array of `\"Wildcard\"` and `{\"Literal\": …}`")]
    [InlineData("{\"like\":{\"left\":{\"Value\":1},\"pattern\":[],«\"x\"»:1}}", "there is no member `x` here; expected left or pattern")]
    [InlineData("{\"is\":{\"left\":{\"Value\":1},\"entity_type\":«\"a b\"»}}", Type)]
    [InlineData("{\"is\":{\"left\":{\"Value\":1},\"entity_type\":«1»}}", Type)]
    [InlineData("{\"is\":{\"left\":{\"Value\":1},\"entity_type\":\"A\",\"in\":«null»}}", NoExpression)]
    [InlineData("{\"if-then-else\":{\"if\":{\"Value\":1},«\"Then\"»:1}}", "there is no member `Then` here; expected if, then or else")]
    [InlineData("{\"Set\":«{}»}", "this is an object; expected an array")]
    [InlineData("{\"Set\":[{\"Value\":1},«2»]}", NoExpression)]
    [InlineData("{\"Record\":«[]»}", "this is an array; expected an object")]
    [InlineData("{\"Record\":{\"a\":«true»}}", NoExpression)]
    [InlineData("{\"Record\":{\"a\":{\"Value\":1},«\"\\u0061\"»:{\"Value\":1}}}", "the name `a` is there twice")]
    [InlineData("{\"ip\":«\"::1\"»}", "this is a string; expected an array")]
    public void An_expression_is_refused_at_its_place(string body, string message) =>
        Refuse($"{{\"effect\":\"permit\",{Scopes},\"conditions\":[{{\"kind\":\"when\",\"body\":{body}}}]}}", message);

    [Theory]
    [InlineData("«[]»", "this is an array; expected an object")]
    [InlineData("«{\"effect\":\"permit\"," + Scopes + "}»", "there is no member `conditions`; expected one")]
    [InlineData("{\"effect\":«\"allow\"»," + Scopes + ",\"conditions\":[]}", "this is no effect; expected `\"permit\"` or `\"forbid\"`")]
    [InlineData("{\"effect\":\"permit\"," + Scopes + ",\"conditions\":«{}»}", "these are no conditions; expected an array")]
    [InlineData("{\"effect\":\"permit\"," + Scopes + ",\"conditions\":[«{\"kind\":\"if\",\"body\":1}»]}", "this is no condition; expected `kind`: `when` or `unless`")]
    [InlineData("{\"effect\":\"permit\"," + Scopes + ",\"conditions\":[],\"annotations\":«1»}", "these are no annotations; expected an object")]
    [InlineData("{\"effect\":\"permit\"," + Scopes + ",\"conditions\":[],\"annotations\":{\"a\":\"x\",«\"b c\"»:\"x\"}}", "`b c` is no annotation; expected an identifier, with a string or null")]
    [InlineData("{\"effect\":\"permit\",\"principal\":«{\"op\":\"=\"}»,\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}", "this is no scope; expected `op`: `All`, `==`, `in` or `is`")]
    [InlineData("{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"entity\":«{\"type\":\"A\"}»},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}",
        "this does not name an entity; expected `{\"type\": …, \"id\": …}`")]
    [InlineData("{\"effect\":\"permit\",\"principal\":«{\"op\":\"in\",\"slot\":\"?resource\"}»,\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}",
        "this names neither an entity nor a slot that has its place here; expected `entity`, or `slot` with `?principal`")]
    [InlineData("{\"effect\":\"permit\",\"principal\":{\"op\":\"is\",\"entity_type\":«\"in\"»},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}", Type)]
    [InlineData("{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"==\",\"entity\":«{\"type\":\"A\",\"id\":\"x\"}»},\"resource\":{\"op\":\"All\"},\"conditions\":[]}",
        "`A::\"x\"` is not an action; expected a type whose last part is `Action`")]
    [InlineData("{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"in\",\"entities\":«1»},\"resource\":{\"op\":\"All\"},\"conditions\":[]}", "this is a number; expected an array of actions")]
    [InlineData("{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":«{\"op\":\"is\"}»,\"resource\":{\"op\":\"All\"},\"conditions\":[]}",
        "this is no scope of actions; expected `op`: `All`, `==` or `in`")]
    [InlineData("{\"effect\":\"permit\"«]»", "unexpected `]`; expected `,` or `}`")]
    public void A_policy_is_refused_at_its_place(string json, string message) => Refuse(json, message);

    [Theory]
    [InlineData("{«\"policies\"»:{}}", "there is no member `policies` here; expected staticPolicies, templates or templateLinks")]
    [InlineData("{\"staticPolicies\":«[]»}", "this is an array; expected an object of policies by id")]
    [InlineData("{\"templateLinks\":«{}»}", "this is an object; expected an array of links")]
    [InlineData("{\"templateLinks\":[«1»]}", "this is a number; expected an object")]
    [InlineData("{\"templateLinks\":[«{\"templateId\":\"t\",\"newId\":1,\"values\":{}}»]}", "this is no link; expected strings for `templateId` and `newId`")]
    [InlineData("{\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{«\"principal\"»:1}}]}", "there is no member `principal` here; expected ?principal or ?resource")]
    [InlineData("{\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{\"?principal\":«1»}}]}", "this does not name an entity; expected `{\"type\": …, \"id\": …}`")]
    [InlineData("{\"templateLinks\":[«{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{}}»]}", "there is no template `t`")]
    [InlineData("{\"templates\":{«\"t\"»:{\"effect\":\"permit\"," + Scopes + ",\"conditions\":[]}}}", "this is a policy, not a template: it has no slots")]
    [InlineData("{\"staticPolicies\":{\"a\":{\"effect\":\"permit\"," + Scopes + ",\"conditions\":[]}},\"templates\":{«\"a\"»:{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"slot\":\"?principal\"},"
        + "\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}}}", "the id `a` is taken")]
    public void A_set_is_refused_at_its_place(string json, string message)
    {
        var marked = Marked.Of(json);

        Assert.False(PolicySet.TryParseJson(new("set.json", marked.Text), out var set, out var errors));
        Assert.Null(set);
        marked.Is(Assert.Single(errors), message);
    }

    [Fact]
    public void Every_policy_and_link_of_a_set_with_a_mistake_is_named()
    {
        Assert.False(PolicySet.TryParseJson(new("set.json", """
            {"staticPolicies": {
               "a": 1,
               "b": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []},
               "c": {"effect": "permit"}},
             "templateLinks": [
               {"templateId": "b", "newId": "l", "values": {}},
               {}]}
            """), out _, out var errors));

        Assert.Equal([2, 4, 6, 7], errors.Select(error => error.At!.Value.Line));
    }

    private static void Refuse(string json, string message)
    {
        var marked = Marked.Of(json);

        Assert.False(PolicyJson.TryParse(new("policy.json", marked.Text), out var policy, out var errors));
        Assert.Null(policy);
        marked.Is(Assert.Single(errors), message);
    }
}
