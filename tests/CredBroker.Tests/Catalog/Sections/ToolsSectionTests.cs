using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class ToolsSectionTests
{
    [Fact]
    public void An_action_inherits_what_it_does_not_say()
    {
        var tool = Read("""
            tools:
              mail:
                audience: https://mail.example.test
                data: confidential
                egress: true
                bearer: true
                actions:
                  send: { risk: write }
                  list: { risk: read, data: public, egress: false, max_ttl: 30s, single_use: true }
                  purge: { risk: privileged }
            """);

        var send = Rule(tool, "send");
        Assert.Equal((RiskClass.Write, DataClass.Confidential, true, true, false), (send.Risk, send.Data, send.Egress, send.BearerAllowed, send.SingleUse));
        Assert.Equal((TimeSpan.FromMinutes(5), "https://mail.example.test"), (send.MaxTokenLifetime, send.Audience));
        var list = Rule(tool, "list");
        Assert.Equal((RiskClass.Read, DataClass.Public, false, true), (list.Risk, list.Data, list.Egress, list.SingleUse));
        Assert.Equal(TimeSpan.FromSeconds(30), list.MaxTokenLifetime);
        var purge = Rule(tool, "purge");
        Assert.Equal((TimeSpan.FromMinutes(1), true), (purge.MaxTokenLifetime, purge.SingleUse));
    }

    [Fact]
    public void Ceilings_of_the_ttl_section_hold_for_every_action()
    {
        var tool = Read("""
            tools:
              mail: { audience: a, data: public, egress: false, actions: { send: { risk: write }, list: { risk: read, max_ttl: 2s } } }
            ttl: { read: 2s, write: 3s }
            """);

        Assert.Equal(TimeSpan.FromSeconds(3), Rule(tool, "send").MaxTokenLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), Rule(tool, "list").MaxTokenLifetime);
    }

    [Fact]
    public void A_parameter_has_a_type_and_maybe_a_bound()
    {
        var read = CatalogText.Valid(CatalogText.Of()).Catalog.Tools.Values.Single().Actions.Values.Single(a => a.Rule.Risk == RiskClass.Read);

        Assert.Equal(
            ["deep Bool", "limit Long", "page Long", "query String", "state String"],
            read.Rule.Parameters.Select(p => $"{p.Key} {p.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["limit", "state"], read.Bounds.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("§mail: {data: public, egress: false, actions: {a: {risk: read}}}", MissingKey, "\"audience\" is missing in tool \"mail\"")]
    [InlineData("§mail: {audience: a, egress: false, actions: {a: {risk: read}}}", MissingKey, "\"data\" is missing")]
    [InlineData("§mail: {audience: a, data: public, actions: {a: {risk: read}}}", MissingKey, "\"egress\" is missing")]
    [InlineData("§mail: {audience: a, data: public, egress: false}", MissingKey, "\"actions\" is missing")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {§a: {}}}", MissingKey, "\"risk\" is missing in action \"a\"")]
    [InlineData("mail: §[]", WrongType, "tool \"mail\" is a list; expected a mapping with audience, data")]
    [InlineData("§mail:", MissingKey, "tool \"mail\" has no value")]
    [InlineData("§Mail: {audience: a, data: public, egress: false, actions: {a: {risk: read}}}", BadText, "\"Mail\" is no tool name")]
    [InlineData("mail: {audience: §{}, data: public, egress: false, actions: {a: {risk: read}}}", WrongType, "\"audience\" is a mapping")]
    [InlineData("mail: {audience: §é, data: public, egress: false, actions: {a: {risk: read}}}", BadText, "visible ASCII")]
    [InlineData("mail: {audience: a, data: §privat, egress: false, actions: {a: {risk: read}}}", WrongType, "expected public, internal, confidential or secret")]
    [InlineData("mail: {audience: a, data: public, egress: §no, actions: {a: {risk: read}}}", WrongType, "\"egress\" is no; expected true or false")]
    [InlineData("mail: {audience: a, data: public, egress: §'false', actions: {a: {risk: read}}}", WrongType, "expected true or false")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {§a.b: {risk: read}}}", BadText, "\"a.b\" is no action name")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: §raed}}}", WrongType, "did you mean \"read\"?")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, §ttl: 5m}}}", UnknownKey, "unknown key \"ttl\" in action \"a\"")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, max_ttl: §11m}}}", OutOfRange, "from 1s to 10m")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: privileged, max_ttl: §2m}}}", OutOfRange, "from 1s to 1m")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, max_ttl: §60}}}", WrongType, "like 90s, 10m or 8h")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, resources: [§a/*/b]}}}", BadPattern, "resource pattern is \"a/*/b\"")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, resources: [§/a]}}}", BadPattern, "expected a resource path")]
    [InlineData("mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, resources: [a/*, §a/*]}}}", DuplicateName, "resource \"a/*\"")]
    public void Mistakes_are_told_with_their_place(string tool, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(tools: $"tools:\n  {tool}\n", workloads: ""), (kind, says));

    [Theory]
    [InlineData("p: §str", WrongType, "expected string, long or bool")]
    [InlineData("p: §[a]", WrongType, "parameter \"p\" is a list")]
    [InlineData("§P: string", BadText, "\"P\" is no parameter name")]
    [InlineData("§p-q: string", BadText, "\"p-q\" is no parameter name")]
    [InlineData("§p: {}", Contradiction, "has none; expected exactly one of one_of or prefix")]
    [InlineData("§p: {one_of: [a], prefix: a}", Contradiction, "one_of and prefix")]
    [InlineData("p: §{one_of: [a], min: 1}", Contradiction, "mixes constraints")]
    [InlineData("p: {one_of: §[]}", OutOfRange, "empty list")]
    [InlineData("p: {one_of: [a, §a]}", DuplicateName, "value \"a\"")]
    [InlineData("p: {one_of: [§~]}", MissingKey, "text has no value")]
    [InlineData("p: {one_of: [§{a: b}]}", WrongType, "text is a mapping")]
    [InlineData("p: {prefix: §''}", BadText, "1 to 256 characters")]
    [InlineData("§p: {min: 1}", MissingKey, "\"max\" is missing in parameter \"p\"")]
    [InlineData("p: {min: §1.5, max: 2}", WrongType, "a whole number")]
    [InlineData("p: {min: §010, max: 20}", WrongType, "a whole number")]
    [InlineData("p: {min: §0x10, max: 20}", WrongType, "a whole number")]
    [InlineData("p: {min: §-9223372036854775809, max: 20}", OutOfRange, "from -9223372036854775808 to 9223372036854775807")]
    [InlineData("p: §{min: 2, max: 1}", OutOfRange, "a min over its max")]
    [InlineData("p: {min: 1, max: 2, §step: 1}", UnknownKey, "unknown key \"step\" in parameter \"p\"")]
    public void A_parameter_that_cannot_be_read_is_told_with_its_place(string parameter, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(tools: $$"""
            tools:
              mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, parameters: { {{parameter}} } } } }
            """, workloads: ""), (kind, says));

    [Fact]
    public void More_parameters_than_a_capability_may_constrain_are_refused() => CatalogText.AssertProblems(CatalogText.Of(tools: $$"""
            tools:
              mail: {audience: a, data: public, egress: false, actions: {a: {risk: read, parameters: §{ {{string.Join(", ", Enumerable.Range(0, 33).Select(i => $"p{i}: bool"))}} } } } }
            """, workloads: ""), (OutOfRange, "\"parameters\" has 33 entries; expected at most 32"));

    private static Tool Read(string tools) => CatalogText.Valid(CatalogText.Of(tools: tools, workloads: "")).Catalog.Tools.Values.Single();

    private static ActionRule Rule(Tool tool, string action) => tool.Actions.Values.Single(a => a.Rule.Action.ToString() == action).Rule;
}
