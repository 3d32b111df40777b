using System.Text.RegularExpressions;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;
using CredBroker.Tests.Testing;

namespace CredBroker.Cedar.Tests.Readme;

/// <summary>The examples of the library's README, compiled and run; the last test holds the two together.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Decide()
    {
        const string text = """
            @id("readers")
            permit (principal in Team::"docs", action == Action::"read", resource is Document)
            when { resource.pages <= context.budget };

            @id("drafts")
            forbid (principal, action, resource) when { resource.draft } unless { principal == resource.author };
            """;
        if (!PolicySet.TryParse(new SourceText("docs.cedar", text), out var policies, out var errors, PolicyNaming.ByAnnotation))
            throw new InvalidDataException(string.Join('\n', errors));

        var alice = EntityUid.Of("User", "alice");
        var plan = EntityUid.Of("Document", "plan");
        Entity[] known =
        [
            new(alice, parents: [EntityUid.Of("Team", "docs")]),
            new(plan, CedarRecord.Of(
                new("pages", CedarValue.Of(12)),
                new("draft", CedarValue.True),
                new("author", CedarValue.Of(alice)))),
        ];
        if (!EntityStore.TryCreate(known, out var entities, out errors))
            throw new InvalidDataException(string.Join('\n', errors));

        var snapshot = PolicySnapshot.Compile(policies);
        var context = CedarRecord.Of(new KeyValuePair<string, CedarValue>("budget", CedarValue.Of(20)));
        var result = snapshot.Authorize(new CedarRequest(alice, EntityUid.Of("Action", "read"), plan, context), entities);

        Assert.Equal(Decision.Allow, result.Decision);
        Assert.Equal([new PolicyId("readers")], result.Reasons);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Schema()
    {
        Assert.True(CedarSchema.TryParse(new SourceText("docs.cedarschema", """
            entity Team;
            entity User in [Team] = { clearance?: Long };
            entity Document = { pages: Long, author: User };
            action read appliesTo { principal: User, resource: Document, context: { from: ipaddr } };
            """), out var schema, out _));

        Assert.True(PolicySet.TryParse("""
            permit (principal, action == Action::"read", resource)
            when { principal.clearance > 3 && resource.autor == principal };
            """, out var policies, out _));
        Assert.Equal(
            [
                "policies:2:18: the attribute `clearance` of `User` may be absent; expected a test with `has` before",
                "policies:2:44: `Document` has no attribute `autor`; expected perhaps `author`",
            ],
            PolicyValidator.Validate(policies, schema).Errors.Select(error => error.ToString()));

        // Where the schema says what is due, entities and extension values need no escapes.
        var read = EntityUid.Of("Action", "read");
        Assert.True(RequestValidator.TryParseContext(new SourceText("context.json", """{"from": "10.0.0.1"}"""), schema, read, out var context, out _));
        Assert.Empty(RequestValidator.Validate(new CedarRequest(EntityUid.Of("User", "alice"), read, EntityUid.Of("Document", "plan"), context), schema));
        Assert.True(EntityValidator.TryParse(new SourceText("entities.json", """
            [{"uid": {"type": "Document", "id": "plan"}, "attrs": {"pages": 3, "author": {"type": "User", "id": "bob"}}, "parents": []}]
            """), schema, out var entities, out _));
        Assert.NotNull(entities.Find(read));
    }

    [Fact]
    public void Mistakes()
    {
        Assert.False(PolicySet.TryParse("permit (principal, action, resource)\nwhen { principal.age => 18 };", out _, out var mistakes));
        Assert.Equal("""
            policies:2:22: `=` is no operator; expected `==`
             2 | when { principal.age => 18 };
               |                      ^
            """, mistakes[0].ToExcerpt());
    }

    [Fact]
    public void Json()
    {
        Assert.True(EntityStore.TryParse(new SourceText("entities.json", """
            [{"uid": {"type": "User", "id": "alice"},
              "attrs": {"home": {"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}}},
              "parents": [{"type": "Team", "id": "docs"}]}]
            """), out var store, out _));
        Assert.True(store.IsIn(EntityUid.Of("User", "alice"), EntityUid.Of("Team", "docs")));

        Assert.True(PolicySet.TryParse("forbid (principal, action, resource);", out var set, out _));
        Assert.True(PolicySet.TryParseJson(new SourceText("set.json", set.ToJson()), out var again, out _));
        Assert.Equal(set.Policies, again.Policies);
    }

    [Fact]
    public void Templates()
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAddText(
            new SourceText("templates.cedar", "@id(\"viewer\") permit (principal == ?principal, action, resource in ?resource);"), out _, PolicyNaming.ByAnnotation));
        Assert.True(builder.TryLink(
            new TemplateLink(new("alice-sees-plans"), new("viewer"), EntityUid.Of("User", "alice"), EntityUid.Of("Folder", "plans")), out _));
        Assert.Single(builder.Build().Links);
    }

    [Fact]
    public void Every_example_of_the_readme_is_one_of_these()
    {
        var code = Unindented(Repository.Read("tests/CredBroker.Cedar.Tests/Readme/ReadmeTests.cs"));
        var examples = Example().Matches(Repository.Read("src/CredBroker.Cedar/README.md")).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(5, examples.Count);
        Assert.All(examples, example => Assert.Contains(Unindented(example), code, StringComparison.Ordinal));
    }

    private static string Unindented(string text) => string.Join('\n', text.Trim().Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
