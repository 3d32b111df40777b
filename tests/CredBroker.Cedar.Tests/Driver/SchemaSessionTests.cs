using System.Text.Json;
using CredBroker.Cedar.Driver;

namespace CredBroker.Cedar.Tests.Driver;

/// <summary>The driver's protocol where schemas are concerned: the same members in and out as the oracle's.</summary>
public sealed class SchemaSessionTests
{
    private const string Schema = "entity U; entity D {o: U}; action g; action r in [g] appliesTo {principal: U, resource: D, context: {n: Long, u?: U}};";

    private const string Request = """
        "principal":{"type":"U","id":"a"},"resource":{"type":"D","id":"d"},"entities":[{"uid":{"type":"D","id":"d"},"attrs":{"o":{"type":"U","id":"a"}},"parents":[]}],
        "policies":"permit(principal,action in Action::\"g\",resource) when {resource.o==principal};"
        """;

    private readonly Session _session = new();

    [Theory]
    [InlineData("""{"op":"parseSchema","schema":"entity A;"}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseSchema","schema":{"":{"entityTypes":{},"actions":{}}}}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseSchema","schema":"entity A in B;"}""", """{"id":null,"ok":false,"errors":["schema:1:13: there is no entity type `B`"]}""")]
    [InlineData("""{"op":"parseSchema","schema":[]}""", """{"id":null,"ok":false,"errors":["schema:1:1: this is an array; expected an object of namespaces"]}""")]
    [InlineData("""{"op":"schemaToJson","schema":"entity A;"}""", """{"id":null,"ok":true,"json":{"":{"entityTypes":{"A":{}},"actions":{}}}}""")]
    [InlineData("""{"op":"validate","schema":"@","policies":"permit(principal,action,resource);"}""",
        """{"id":null,"ok":true,"valid":true,"errors":[],"warnings":[],"otherWarnings":[]}""")]
    [InlineData("""{"op":"validate","schema":"@","policies":"permit(principal,action,resource) when {context.m};"}""",
        """{"id":null,"ok":true,"valid":false,"errors":[{"policy":"policy0","message":"policies:1:49: `{n: Long, u?: U}` has no attribute `m`"}],"warnings":[],"otherWarnings":[]}""")]
    [InlineData("""{"op":"validate","schema":"@","policies":"permit(principal,action,resource) when {false};"}""",
        """{"id":null,"ok":true,"valid":true,"errors":[],"warnings":[{"policy":"policy0","message":"policies:1:1: the conditions of this policy can never hold; expected a policy that can apply to some request"}],"otherWarnings":[]}""")]
    [InlineData("""{"op":"validate","schema":"@","policies":"permit"}""", """{"id":null,"ok":false,"errors":["policies:1:7: the text ends here; expected `(`"]}""")]
    [InlineData("""{"op":"parseEntities","schema":"@","entities":[{"uid":{"type":"D","id":"d"},"attrs":{"o":{"type":"U","id":"a"}},"parents":[]}]}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseEntities","schema":"@","entities":[{"uid":{"type":"D","id":"d"},"attrs":{},"parents":[]}]}""",
        """{"id":null,"ok":false,"errors":["entities:1:2: `D::\"d\"`: the attribute `o` is missing"]}""")]
    [InlineData("""{"op":"parseContext","schema":"@","action":{"type":"Action","id":"r"},"context":{"n":1,"u":{"type":"U","id":"a"}}}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseContext","schema":"@","action":{"type":"Action","id":"r"},"context":{"n":"x"}}""",
        """{"id":null,"ok":false,"errors":["the attribute `n` of the context is a string, not a `Long`"]}""")]
    [InlineData("""{"op":"parseContext","schema":"@","context":{"n":"x"}}""", """{"id":null,"ok":true}""")]
    public void A_message_has_an_answer(string message, string answer) =>
        Assert.Equal(answer, _session.Answer(message.Replace("@", Schema, StringComparison.Ordinal)));

    [Theory]
    [InlineData("r", "{\"n\":1}", "allow")]
    [InlineData("r", "{\"n\":\"x\"}", "refused")]
    [InlineData("g", "{}", "refused")]
    public void A_request_is_decided_by_a_schema_when_it_fits(string action, string context, string expected)
    {
        var members = $"{Request.ReplaceLineEndings("")},\"action\":{{\"type\":\"Action\",\"id\":\"{action}\"}},\"context\":{context},\"validateRequest\":true";

        Assert.Equal(expected, Outcome($"{{\"schema\":\"{Schema}\",{members}}}"));
        Assert.Equal("{\"id\":null,\"ok\":true}", _session.Answer($"{{\"op\":\"prepare\",\"name\":\"s\",\"schema\":\"{Schema}\",{Request.ReplaceLineEndings("")}}}"));
        Assert.Equal(expected, Outcome($"{{\"op\":\"run\",\"name\":\"s\",\"useSchema\":true,{members}}}"));
    }

    private string? Outcome(string message)
    {
        using var answer = JsonDocument.Parse(_session.Answer(message));
        return answer.RootElement.GetProperty("ok").GetBoolean() ? answer.RootElement.GetProperty("decision").GetString() : "refused";
    }
}
