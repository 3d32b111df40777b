using System.Diagnostics;
using System.Text.Json;
using CredBroker.Cedar.Driver;

namespace CredBroker.Cedar.Tests.Driver;

/// <summary>The driver's protocol: the same members in and out as the oracle's.</summary>
public sealed class SessionTests
{
    private const string Request = """
        "principal":{"type":"User","id":"a"},"action":{"type":"Action","id":"r"},"resource":{"type":"Doc","id":"d"},"context":{"n":9007199254740993},"entities":[]
        """;

    private readonly Session _session = new();

    [Theory]
    [InlineData("""{"id":1,"policies":"permit(principal,action,resource) when {context.n==9007199254740993};",@}""",
        """{"id":1,"ok":true,"decision":"allow","reasons":["policy0"],"errors":[]}""")]
    [InlineData("""{"id":"x","op":"authorize","policies":{"b":"permit(principal,action,resource);","a":"permit(principal,action,resource);"},@}""",
        """{"id":"x","ok":true,"decision":"allow","reasons":["a","b"],"errors":[]}""")]
    [InlineData("""{"id":null,"policies":{"staticPolicies":["permit(principal,action,resource);"]},@}""",
        """{"id":null,"ok":true,"decision":"allow","reasons":["policy0"],"errors":[]}""")]
    [InlineData("""{"policies":{},@}""", """{"id":null,"ok":true,"decision":"deny","reasons":[],"errors":[]}""")]
    [InlineData("""{"policies":"permit(principal,action,resource) when {context.x};",@}""",
        """{"id":null,"ok":true,"decision":"deny","reasons":[],"errors":[{"policy":"policy0","message":"there is no attribute `x`"}]}""")]
    [InlineData("""{"op":"parse","policies":"permit(principal,action,resource)"}""",
        """{"id":null,"ok":false,"errors":["policies:1:34: the text ends here; expected `when`, `unless` or `;`"]}""")]
    [InlineData("""{"op":"parse","policies":"permit(principal==?principal,action,resource);"}""", """{"id":null,"ok":false,"errors":["static policy set includes a template"]}""")]
    [InlineData("""{"op":"parse","policies":""}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseEntities","entities":[]}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseEntities","entities":[1]}""", """{"id":null,"ok":false,"errors":["entities:1:2: this entity has no `uid`; expected `uid`, `attrs` and `parents`"]}""")]
    [InlineData("""{"op":"parseContext","context":{"a":[1]}}""", """{"id":null,"ok":true}""")]
    [InlineData("""{"op":"parseContext","context":{"a":null}}""", """{"id":null,"ok":false,"errors":["context:1:6: Cedar has no null; expected a value, or nothing at all"]}""")]
    [InlineData("""{"op":"toJson","policy":"permit(principal,action,resource);"}""",
        """{"id":null,"ok":true,"json":{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}}""")]
    [InlineData("""{"op":"toText","template":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}}""",
        """{"id":null,"ok":true,"text":"permit (principal == ?principal, action, resource);"}""")]
    [InlineData("""{"op":"toText","policy":"permit(principal==?principal,action,resource);"}""", """{"id":null,"ok":false,"errors":["expected a static policy, got a template"]}""")]
    [InlineData("""{"op":"toJson","template":"permit(principal,action,resource);"}""", """{"id":null,"ok":false,"errors":["expected a template, got a static policy"]}""")]
    [InlineData("""{"op":"toJson","policy":""}""", """{"id":null,"ok":false,"errors":["policy: expected exactly one policy"]}""")]
    [InlineData("""{"op":"toJson"}""", """{"id":null,"ok":false,"errors":["neither policy nor template"]}""")]
    [InlineData("""{"op":"nope"}""", """{"id":null,"ok":false,"errors":["unknown op nope"]}""")]
    [InlineData("""{"op":"run","name":"nope"}""", """{"id":null,"ok":false,"errors":["nothing was prepared as nope"]}""")]
    public void A_message_has_an_answer(string message, string answer) =>
        Assert.Equal(answer, _session.Answer(message.Replace("@", Request.Trim(), StringComparison.Ordinal)));

    [Fact]
    public void What_is_no_json_has_an_answer_too() =>
        Assert.StartsWith("""{"id":null,"ok":false,"errors":["bad json: """, _session.Answer("{"), StringComparison.Ordinal);

    [Fact]
    public void A_set_is_prepared_once_and_decided_with_often()
    {
        Assert.Equal("""{"id":null,"ok":true}""", _session.Answer("""{"op":"prepare","name":"s","policies":"permit(principal,action,resource);"}"""));
        for (var i = 0; i < 2; i++)
            Assert.Contains("\"allow\"", _session.Answer($"{{\"op\":\"run\",\"name\":\"s\",{Request}}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_made_with_a_template_of_the_same_message()
    {
        const string policies = """
            {"templates":{"t":"permit(principal==?principal,action,resource in ?resource);"},
             "templateLinks":[{"templateId":"t","newId":"l","values":{"?principal":{"type":"User","id":"a"},"?resource":{"__entity":{"type":"Doc","id":"d"}}}}]}
            """;

        Assert.Equal("""{"id":null,"ok":true,"decision":"allow","reasons":["l"],"errors":[]}""",
            _session.Answer($"{{\"policies\":{policies.ReplaceLineEndings(" ")},{Request}}}"));
    }

    [Fact]
    public void Calls_are_timed_and_allocate_nothing()
    {
        using var answer = JsonDocument.Parse(_session.Answer($"{{\"op\":\"bench\",\"n\":5,\"policies\":\"permit(principal,action,resource);\",{Request}}}"));

        Assert.Equal("allow", answer.RootElement.GetProperty("decision").GetString());
        Assert.Equal(0, answer.RootElement.GetProperty("bytes").GetInt64());
        Assert.True(answer.RootElement.GetProperty("us").GetProperty("median").GetDouble() > 0);
    }

    [Fact]
    public async Task The_program_answers_line_by_line()
    {
        using var driver = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cedar-driver")) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await driver.StandardInput.WriteLineAsync("""{"id":1,"op":"parse","policies":""}""");
        await driver.StandardInput.WriteLineAsync();
        await driver.StandardInput.WriteLineAsync("""{"id":"é","op":"parse","policies":""}""");
        driver.StandardInput.Close();

        Assert.Equal("""{"id":1,"ok":true}""", await driver.StandardOutput.ReadLineAsync());
        Assert.Equal("""{"id":"é","ok":true}""", await driver.StandardOutput.ReadLineAsync());
        Assert.Null(await driver.StandardOutput.ReadLineAsync());
        await driver.WaitForExitAsync();
        Assert.Equal(0, driver.ExitCode);
    }
}
