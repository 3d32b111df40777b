using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Policies;

/// <summary>The JSON format: what is written, what is read, and that nothing misspelled passes.</summary>
public sealed class PolicyJsonTests
{
    private const string All = "\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"}";

    [Theory]
    [InlineData("principal has a.b", "{\"has\":{\"left\":{\"Var\":\"principal\"},\"attr\":[\"a\",\"b\"]}}")]
    [InlineData("principal has a", "{\"has\":{\"left\":{\"Var\":\"principal\"},\"attr\":\"a\"}}")]
    [InlineData("\"x\" like \"a*\\*\"", "{\"like\":{\"left\":{\"Value\":\"x\"},\"pattern\":[{\"Literal\":\"a\"},\"Wildcard\",{\"Literal\":\"*\"}]}}")]
    [InlineData("1 + 2 - 3", "{\"-\":{\"left\":{\"+\":{\"left\":{\"Value\":1},\"right\":{\"Value\":2}}},\"right\":{\"Value\":3}}}")]
    [InlineData("true && (true && false)", "{\"&&\":{\"left\":{\"Value\":true},\"right\":{\"&&\":{\"left\":{\"Value\":true},\"right\":{\"Value\":false}}}}}")]
    [InlineData("true && true || false", "{\"||\":{\"left\":{\"&&\":{\"left\":{\"Value\":true},\"right\":{\"Value\":true}}},\"right\":{\"Value\":false}}}")]
    [InlineData("--1", "{\"neg\":{\"arg\":{\"Value\":-1}}}")]
    [InlineData("!context", "{\"!\":{\"arg\":{\"Var\":\"context\"}}}")]
    [InlineData("[].isEmpty()", "{\"isEmpty\":{\"arg\":{\"Set\":[]}}}")]
    [InlineData("A::\"x\" is A::B in resource", "{\"is\":{\"left\":{\"Value\":{\"__entity\":{\"type\":\"A\",\"id\":\"x\"}}},\"entity_type\":\"A::B\",\"in\":{\"Var\":\"resource\"}}}")]
    [InlineData("{a: 1, \"b c\": 2}[\"b c\"]", "{\".\":{\"left\":{\"Record\":{\"a\":{\"Value\":1},\"b c\":{\"Value\":2}}},\"attr\":\"b c\"}}")]
    [InlineData("if true then 1 else 2", "{\"if-then-else\":{\"if\":{\"Value\":true},\"then\":{\"Value\":1},\"else\":{\"Value\":2}}}")]
    [InlineData("ip(\"::1\").isInRange(ip(\"::\"))", "{\"isInRange\":[{\"ip\":[{\"Value\":\"::1\"}]},{\"ip\":[{\"Value\":\"::\"}]}]}")]
    [InlineData("principal.getTag(\"k\") != 1", "{\"!=\":{\"left\":{\"getTag\":{\"left\":{\"Var\":\"principal\"},\"right\":{\"Value\":\"k\"}}},\"right\":{\"Value\":1}}}")]
    public void An_expression_has_one_form(string text, string json)
    {
        var policy = Make.Policy(Make.When(text));

        Assert.Equal($"{{\"effect\":\"permit\",{All},\"conditions\":[{{\"kind\":\"when\",\"body\":{json}}}]}}", PolicyJson.Write(policy));
        RoundTrips.ThroughJson(policy);
    }

    [Theory]
    [InlineData("principal == A::\"x\"", "{\"op\":\"==\",\"entity\":{\"type\":\"A\",\"id\":\"x\"}}")]
    [InlineData("principal in ?principal", "{\"op\":\"in\",\"slot\":\"?principal\"}")]
    [InlineData("principal is A", "{\"op\":\"is\",\"entity_type\":\"A\"}")]
    [InlineData("principal is A in B::\"x\"", "{\"op\":\"is\",\"entity_type\":\"A\",\"in\":{\"entity\":{\"type\":\"B\",\"id\":\"x\"}}}")]
    [InlineData("principal is A in ?principal", "{\"op\":\"is\",\"entity_type\":\"A\",\"in\":{\"slot\":\"?principal\"}}")]
    public void A_scope_has_one_form(string text, string json)
    {
        var policy = Make.Policy($"forbid ({text}, action, resource);");

        Assert.Contains($"\"principal\":{json},", PolicyJson.Write(policy), StringComparison.Ordinal);
        RoundTrips.ThroughJson(policy);
    }

    [Theory]
    [InlineData("action == Action::\"x\"", "{\"op\":\"==\",\"entity\":{\"type\":\"Action\",\"id\":\"x\"}}")]
    [InlineData("action in Action::\"x\"", "{\"op\":\"in\",\"entity\":{\"type\":\"Action\",\"id\":\"x\"}}")]
    [InlineData("action in [Action::\"x\"]", "{\"op\":\"in\",\"entity\":{\"type\":\"Action\",\"id\":\"x\"}}")]
    [InlineData("action in []", "{\"op\":\"in\",\"entities\":[]}")]
    [InlineData("action in [Action::\"x\", Action::\"y\"]", "{\"op\":\"in\",\"entities\":[{\"type\":\"Action\",\"id\":\"x\"},{\"type\":\"Action\",\"id\":\"y\"}]}")]
    public void A_scope_of_actions_has_one_form(string text, string json)
    {
        var policy = Make.Policy($"permit (principal, {text}, resource);");

        Assert.Contains($"\"action\":{json},", PolicyJson.Write(policy), StringComparison.Ordinal);
        RoundTrips.ThroughJson(policy);
    }

    [Fact]
    public void Annotations_come_last_and_may_be_null() => Assert.EndsWith(
        "\"conditions\":[],\"annotations\":{\"a\":null,\"b\":\"x\"}}", PolicyJson.Write(Make.Policy("@a @b(\"x\") permit (principal, action, resource);")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"Value\":[1,{\"a\":{\"__entity\":{\"type\":\"A\",\"id\":\"x\"}}}]}", "[1, {a: A::\"x\"}]")]
    [InlineData("{\"Value\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"zz\"}}}", "ip(\"zz\")")]
    [InlineData("{\"Value\":{\"__entity\":{\"type\":\"A\",\"id\":\"x\"},\"b\":1}}", "{__entity: {type: \"A\", id: \"x\"}, b: 1}")]
    [InlineData("{\"neg\":{\"arg\":{\"Value\":5}}}", "-(5)")]
    [InlineData("{\"like\":{\"left\":{\"Value\":\"a\"},\"pattern\":[]}}", "\"a\" like \"\"")]
    [InlineData("{\"like\":{\"left\":{\"Value\":\"a\"},\"pattern\":[{\"Literal\":\"ab\"},{\"Literal\":\"*\"},\"Wildcard\",\"Wildcard\"]}}", "\"a\" like \"ab\\***\"")]
    [InlineData("{\"has\":{\"left\":{\"Var\":\"principal\"},\"attr\":[\"a\"]}}", "principal has a")]
    public void Other_forms_are_read_too(string json, string text)
    {
        Assert.True(PolicyJson.TryParse(new("p.json", Policy(json)), out var policy, out var errors), string.Join('\n', errors));
        Assert.Equal(text, policy.Conditions[0].Body.ToString());
    }

    [Theory]
    [InlineData("{}", "exactly one member")]
    [InlineData("1", "exactly one member")]
    [InlineData("{\"Value\":1,\"Var\":\"principal\"}", "exactly one member")]
    [InlineData("{\"foo\":[]}", "no expression `foo`")]
    [InlineData("{\"unknown\":[{\"Value\":\"x\"}]}", "no expression `unknown`")]
    [InlineData("{\"Value\":null}", "no null")]
    [InlineData("{\"Value\":1.5}", "no number")]
    [InlineData("{\"Value\":{\"__expr\":\"1\"}}", "`__expr`")]
    [InlineData("{\"Value\":{\"__entity\":{\"type\":\"A b\",\"id\":\"x\"}}}", "not the name of a type")]
    [InlineData("{\"Value\":{\"__extn\":{\"fn\":\"no pe\",\"arg\":1}}}", "`no pe` is not the name of a function")]
    [InlineData("{\"Var\":\"nope\"}", "no variable")]
    [InlineData("{\"Slot\":\"?principal\"}", "no place in a condition")]
    [InlineData("{\"!\":{}}", "no member `arg`")]
    [InlineData("{\"!\":{\"arg\":{\"Value\":1},\"x\":1}}", "no member `x` here")]
    [InlineData("{\"!\":1}", "this is a number; expected an object")]
    [InlineData("{\"==\":{\"left\":{\"Value\":1}}}", "no member `right`")]
    [InlineData("{\"&&\":{\"left\":{\"Value\":1},\"right\":{\"Value\":1},\"x\":1}}", "no member `x` here")]
    [InlineData("{\"&&\":[]}", "this is an array; expected an object")]
    [InlineData("{\"+\":{\"left\":{\"Value\":1},\"right\":{}}}", "exactly one member")]
    [InlineData("{\".\":{\"left\":{\"Value\":1},\"attr\":1}}", "no attribute")]
    [InlineData("{\"has\":{\"left\":{\"Value\":1},\"attr\":[]}}", "no attributes")]
    [InlineData("{\"has\":{\"left\":{\"Value\":1},\"attr\":[1]}}", "no attributes")]
    [InlineData("{\"like\":{\"left\":{\"Value\":1},\"pattern\":\"a*\"}}", "no pattern")]
    [InlineData("{\"like\":{\"left\":{\"Value\":1},\"pattern\":[\"wildcard\"]}}", "no pattern")]
    [InlineData("{\"is\":{\"left\":{\"Value\":1},\"entity_type\":\"A B\"}}", "not the name of a type")]
    [InlineData("{\"if-then-else\":{\"if\":{\"Value\":1},\"then\":{\"Value\":1}}}", "no member `else`")]
    [InlineData("{\"Set\":{}}", "this is an object; expected an array")]
    [InlineData("{\"Record\":[]}", "this is an array; expected an object")]
    [InlineData("{\"Record\":{\"a\":1}}", "exactly one member")]
    [InlineData("{\"ip\":{\"Value\":\"::1\"}}", "this is an object; expected an array")]
    public void These_are_no_expressions(string json, string because) => Refuse(Policy(json), because);

    [Theory]
    [InlineData("{\"op\":\"All\",\"entity\":1}", "principal")]
    [InlineData("{\"op\":\"all\"}", "principal")]
    [InlineData("{\"op\":\"==\",\"entity\":{\"type\":\"A\",\"id\":\"x\"},\"slot\":\"?principal\"}", "principal == A::\"x\"")]
    [InlineData("{\"op\":\"in\",\"slot\":\"?principal\",\"x\":1}", "principal in ?principal")]
    [InlineData("{\"op\":\"is\",\"entity_type\":\"A\",\"in\":null}", "principal is A")]
    public void Within_scopes_other_members_are_passed_over(string json, string text)
    {
        var policy = $"{{\"effect\":\"permit\",\"principal\":{json},\"action\":{{\"op\":\"All\",\"x\":1}},\"resource\":{{\"op\":\"All\"}},\"conditions\":[]}}";

        Assert.True(PolicyJson.TryParse(new("p.json", policy), out var read, out var errors), string.Join('\n', errors));
        Assert.Equal($"permit ({text}, action, resource);", read.ToString());
    }

    [Theory]
    [InlineData("{}", "no member `effect`")]
    [InlineData("[]", "this is an array; expected an object")]
    [InlineData("{\"effect\":\"Permit\"," + All + ",\"conditions\":[]}", "this is no effect")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[],\"x\":1}", "no member `x` here")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":{}}", "these are no conditions")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[{\"kind\":\"where\",\"body\":{\"Value\":true}}]}", "this is no condition")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[{\"kind\":\"when\"}]}", "no member `body`")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[],\"annotations\":[]}", "these are no annotations")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[],\"annotations\":{\"a b\":\"x\"}}", "`a b` is no annotation")]
    [InlineData("{\"effect\":\"permit\"," + All + ",\"conditions\":[],\"annotations\":{\"a\":1}}", "`a` is no annotation")]
    public void These_are_no_policies(string json, string because) => Refuse(json, because);

    [Theory]
    [InlineData("{\"op\":\"ALL\"}", "no scope")]
    [InlineData("{\"op\":\"==\"}", "neither an entity nor a slot")]
    [InlineData("{\"op\":\"==\",\"slot\":\"?resource\"}", "neither an entity nor a slot")]
    [InlineData("{\"op\":\"==\",\"entity\":\"A\"}", "does not name an entity")]
    [InlineData("{\"op\":\"==\",\"entity\":\"A\",\"slot\":\"?principal\"}", "does not name an entity")]
    [InlineData("{\"op\":\"in\",\"entities\":[]}", "neither an entity nor a slot")]
    [InlineData("{\"op\":\"is\",\"entity_type\":\"A\",\"x\":1}", "no member `x` here")]
    [InlineData("{\"op\":\"is\"}", "no member `entity_type`")]
    [InlineData("{\"op\":\"is\",\"entity_type\":\"A\",\"in\":{}}", "neither an entity nor a slot")]
    [InlineData("1", "no scope")]
    public void These_are_no_scopes(string json, string because) =>
        Refuse($"{{\"effect\":\"permit\",\"principal\":{json},\"action\":{{\"op\":\"All\"}},\"resource\":{{\"op\":\"All\"}},\"conditions\":[]}}", because);

    [Theory]
    [InlineData("{\"op\":\"is\",\"entity_type\":\"Action\"}", "no scope of actions")]
    [InlineData("{\"op\":\"==\",\"entity\":{\"type\":\"User\",\"id\":\"x\"}}", "is not an action")]
    [InlineData("{\"op\":\"==\",\"slot\":\"?action\"}", "no scope of actions")]
    [InlineData("{\"op\":\"in\",\"entity\":\"x\",\"entities\":[]}", "does not name an entity")]
    [InlineData("{\"op\":\"in\",\"entities\":[{\"type\":\"User\",\"id\":\"x\"}]}", "is not an action")]
    [InlineData("{\"op\":\"in\",\"entities\":{}}", "expected an array of actions")]
    [InlineData("{\"op\":\"==\",\"entities\":[]}", "no scope of actions")]
    public void These_are_no_scopes_of_actions(string json, string because) =>
        Refuse($"{{\"effect\":\"permit\",\"principal\":{{\"op\":\"All\"}},\"action\":{json},\"resource\":{{\"op\":\"All\"}},\"conditions\":[]}}", because);

    [Theory]
    [InlineData("{\"x\":1}", "no member `x` here")]
    [InlineData("{\"staticPolicies\":[]}", "an object of policies by id")]
    [InlineData("{\"templateLinks\":{}}", "an array of links")]
    [InlineData("{\"templateLinks\":[{}]}", "no member `templateId`")]
    [InlineData("{\"templateLinks\":[{\"templateId\":1,\"newId\":\"a\",\"values\":{}}]}", "this is no link")]
    [InlineData("{\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"a\",\"values\":{}}]}", "there is no template `t`")]
    [InlineData("{\"templateLinks\":[{\"templateId\":\"t\",\"newId\":\"a\",\"values\":{\"?action\":1}}]}", "no member `?action` here")]
    [InlineData("{\"templates\":{\"t\":{\"effect\":\"permit\"," + All + ",\"conditions\":[]}}}", "not a template")]
    [InlineData("{\"staticPolicies\":{\"t\":{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"slot\":\"?principal\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}}}", "not a policy")]
    [InlineData("{\"staticPolicies\":{\"t\":1,\"t\":1}}", "twice")]
    public void These_are_no_sets(string json, string because)
    {
        Assert.False(PolicySet.TryParseJson(new("set.json", json), out var set, out var errors));
        Assert.Null(set);
        Assert.Contains(because, errors[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("set.json:1:", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"!\":{\"arg\":", "}}")]
    [InlineData("{\"Set\":[", "]}")]
    [InlineData("{\"&&\":{\"right\":{\"Value\":true},\"left\":{\"||\":{\"right\":{\"Value\":true},\"left\":", "}}}}")]
    [InlineData("{\"&&\":{\"left\":{\"Value\":true},\"right\":", "}}")]
    public void Nesting_has_a_limit(string open, string close)
    {
        string Nest(int levels) => Policy(string.Concat(Enumerable.Repeat(open, levels)) + "{\"Value\":true}" + string.Concat(Enumerable.Repeat(close, levels)));

        Assert.True(PolicyJson.TryParse(new("p.json", Nest((CedarLimits.MaxDepth / 2) - 1)), out var policy, out _));
        RoundTrips.ThroughText(policy);
        Refuse(Nest(CedarLimits.MaxDepth), "too deep");
        Refuse(Nest(20_000), "too deep");
    }

    private static string Policy(string body) => $"{{\"effect\":\"permit\",{All},\"conditions\":[{{\"kind\":\"when\",\"body\":{body}}}]}}";

    private static void Refuse(string json, string because)
    {
        Assert.False(PolicyJson.TryParse(new("p.json", json), out var policy, out var errors));
        Assert.Null(policy);
        Assert.Contains(because, Assert.Single(errors).Message, StringComparison.Ordinal);
    }
}
