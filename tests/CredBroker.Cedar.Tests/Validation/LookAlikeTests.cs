using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Unicode;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>Warnings of texts that may look like others than they are; the official build warns of each, and of none of the others.</summary>
public sealed class LookAlikeTests
{
    private const string Direction = ", which changes the direction in which text is shown";
    private const string Unfit = ", which is no character for names";
    private const string Of = " is of another than what is before it";

    [Theory]
    [InlineData("[«\"say_\u04bbello\"»] == [\"a\"]", "the string `say_һello` mixes scripts: U+04BB" + Of)]
    [InlineData("[«\"user\u202e \u2066&& principal.is_admin\u2069 \u2066\"»] == [\"a\"]", "the string `user\\u{202e} \\u{2066}&& principal.is_admin\\u{2069} \\u{2066}` has U+202E" + Direction)]
    [InlineData("«principal.s like \"*_\u04bbello\"»", "the string `*_һello` mixes scripts: U+0065" + Of)]
    [InlineData("«principal.s like \"a\\*\u0431\"»", "the string `a*б` mixes scripts: U+0431" + Of)]
    [InlineData("principal == «User::\"is\u200bAdmin\"»", "the name `is\\u{200b}Admin` has U+200B" + Unfit)]
    [InlineData("principal == «User::\"\u0430dmin\"»", "the name `аdmin` mixes scripts: U+0064" + Of)]
    [InlineData("principal == «User::\"new\\nline\"»", "the name `new\\u{a}line` has U+000A" + Unfit)]
    [InlineData("principal == «User::\"nul\\0\"»", "the name `nul\\u{0}` has U+0000" + Unfit)]
    [InlineData("principal == «User::\"\\x7f\"»", "the name `\\u{7f}` has U+007F" + Unfit)]
    [InlineData("principal == «User::\"\U0001f34c\"»", "the name `\\u{d83c}\\u{df4c}` has U+1F34C" + Unfit)]
    [InlineData("principal == «User::\"\\u{2067}x\"»", "the name `\\u{2067}x` has U+2067" + Direction)]
    [InlineData("{«a: 1, \"b\u0431\": 2»} == {a: 1, \"c\": 2}", "the name `bб` mixes scripts: U+0431" + Of, true)]
    [InlineData("principal has «\"\u200b\"»", "the name `\\u{200b}` has U+200B" + Unfit)]
    [InlineData("[\"a\", «\"\u0378\"»] == [\"a\"]", "the string `͸` mixes scripts: U+0378" + Of)]
    public void A_text_that_deceives_is_warned_of_at_its_place(string condition, string message, bool isInBraces = false)
    {
        var marked = Marked.Of($"permit (principal, action == Action::\"view\", resource) when {{ {condition} }};");
        if (isInBraces) marked = marked with { Span = new(marked.Span.Start - 1, marked.Span.End + 1) };
        var warning = Schemas.Validate(marked.Text).Warnings.First(found => !found.Problem.StartsWith("the conditions", StringComparison.Ordinal));

        Assert.Equal(message, warning.Message);
        Assert.Equal(marked.Span, warning.Span);
        Assert.Equal(new PolicyId("policy0"), warning.Policy);
    }

    [Theory]
    [InlineData("principal.s == \"say hello\"")]
    [InlineData("principal.s == \"a\\tb\\nc\\0\"")]
    [InlineData("principal.s == \"\u0437\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439 1 \u2014 !\"")]
    [InlineData("principal.s == \"\u6f22\u5b57\u3068\u304b\u306a\u3068\u30ab\u30ca\"")]
    [InlineData("principal.s == \"\u6f22\u5b57\ud55c\uae00\"")]
    [InlineData("principal.s == \"\u6f22\u3105\"")]
    [InlineData("principal.s == \"caf\u00e9 \u20ac \U0001f600 \u200b\"")]
    [InlineData("principal.s == \"cafe\u0301\"")]
    [InlineData("principal.s == \"\u200e\u200f\"")]
    [InlineData("principal == User::\"https://www.example.com/test?foo=bar&bar=baz#buz\"")]
    [InlineData("principal == User::\"get /pets/{petId}\"")]
    [InlineData("principal == User::\"example_user+1@example.com\"")]
    [InlineData("principal == User::\"\u0430\u043b\u0438\u0441\u0430\"")]
    [InlineData("principal == User::\"caf\u00e9\"")]
    [InlineData("principal.s like \"*\u0431\u0432*\"")]
    public void What_is_of_one_script_is_nothing_to_warn_of(string condition) => Assert.Empty(Schemas.ValidateView(condition).Warnings);

    [Theory]
    [InlineData("principal == «User::\"a\u200b\"», action == Action::\"view\", resource")]
    [InlineData("principal in «Group::\"a\u200b\"», action == Action::\"view\", resource")]
    [InlineData("principal is User in «Group::\"a\u200b\"», action == Action::\"view\", resource")]
    [InlineData("principal, action == Action::\"view\", resource == «Doc::\"a\u200b\"»")]
    [InlineData("principal in ?principal, action == Action::\"view\", resource == «Doc::\"a\u200b\"»")]
    public void Scopes_of_policies_and_templates_are_looked_at(string scope)
    {
        var marked = Marked.Of($"permit ({scope});");

        var warning = Assert.Single(Schemas.Validate(marked.Text).Warnings);
        Assert.Equal("the name `a\\u{200b}` has U+200B" + Unfit, warning.Message);
        Assert.Equal(marked.Span, warning.Span);
    }

    [Fact]
    public void Actions_are_looked_at_each_by_itself()
    {
        var schema = Schemas.Read("entity A; action \"a\\u{200b}\", b, \"c\\u{202e}\" appliesTo { principal: A, resource: A };");
        var result = Schemas.Validate("permit (principal, action in [Action::\"a\\u{200b}\", Action::\"b\", Action::\"c\\u{202e}\"], resource);", schema);

        Assert.True(result.IsValid);
        Assert.Equal(["test.cedar:1:31: the name `a\\u{200b}` has U+200B" + Unfit, "test.cedar:1:65: the name `c\\u{202e}` has U+202E" + Direction],
            result.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void Attributes_are_looked_at_along_a_path()
    {
        var schema = Schemas.ReadJson("""
            {"": {"entityTypes": {"A": {"shape": {"type": "Record", "attributes": {"x\u200b": {"type": "Record", "attributes": {"y\u0431": {"type": "Bool"}}}}}}},
                  "actions": {"a": {"appliesTo": {"principalTypes": ["A"], "resourceTypes": ["A"]}}}}}
            """);
        var text = "permit (principal, action, resource) when { principal[\"x\\u{200b}\"][\"y\\u{431}\"] };";

        Assert.Equal([(1, 55), (1, 68)], Schemas.Validate(text, schema).Warnings.Select(warning => (warning.At!.Value.Line, warning.At.Value.Column)).Order());
        var has = new AttributeTest(Make.Expression("principal"), ["x\u200b", "y\u0431"]);
        var policy = Make.Policy("permit (principal, action, resource);");
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(new("p"), new()
        {
            Effect = policy.Effect, Principal = policy.Principal, Action = policy.Action, Resource = policy.Resource, Conditions = [new(false, has)],
        }, out _));
        Assert.Equal(2, PolicyValidator.Validate(builder.Build(), schema).Warnings.Length);
    }

    [Fact]
    public void Policies_with_mistakes_are_looked_at_too()
    {
        var result = Schemas.ValidateView("principal.zzz == \"a\u0431\"");

        Assert.Single(result.Errors);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void The_same_text_at_the_same_place_is_warned_of_once_and_very_many_a_hundred_times()
    {
        var many = string.Join(", ", Enumerable.Range(0, 5_000).Select(i => $"\"a\u0431{i}\""));
        var warnings = Schemas.ValidateView($"[{many}].contains(principal.s)").Warnings;

        Assert.Equal(CedarLimits.MaxErrors + 1, warnings.Length);
        Assert.Equal("more warnings follow; these are the first", warnings[^1].Message);
        Assert.Equal(2, Schemas.ValidateView("principal.s == \"a\u0431\" || principal.s == \"a\u0431\"").Warnings.Length);
    }

    [Fact]
    public void A_long_text_is_looked_at_in_linear_time()
    {
        var text = string.Concat(Enumerable.Repeat("\u0430\u0301", 250_000));

        Assert.Null(Scripts.FindStranger(text));
        Assert.Equal('z', (char)Scripts.FindStranger(text + "z")!.Value.Value);
        Assert.Null(NameCharacters.FindUnfit(text));
        Assert.Null(NameCharacters.FindTurning(text));
    }

    [Theory]
    [InlineData(0x00b7, true)]
    [InlineData(0x00d7, false)]
    [InlineData(0x0149, false)]
    [InlineData(0x0431, true)]
    [InlineData(0x200d, false)]
    [InlineData(0x200b, false)]
    [InlineData(0x4e00, true)]
    [InlineData(0xac00, true)]
    [InlineData(0xffff, false)]
    [InlineData(0x20000, true)]
    [InlineData(0x1f600, false)]
    [InlineData(0x10ffff, false)]
    public void A_character_is_fit_for_names_or_not(int character, bool isFit) => Assert.Equal(isFit, NameCharacters.FindUnfit(char.ConvertFromUtf32(character)) is null);

    [Fact]
    public void The_tables_are_in_order_and_without_overlaps()
    {
        foreach (var file in new[] { "Scripts.txt", "NameCharacters.txt" })
        {
            using var reader = new StreamReader(typeof(Scripts).Assembly.GetManifestResourceStream($"CredBroker.Cedar.Unicode.{file}")!);
            var last = -1;
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith('#')) continue;
                var range = line.Split(' ')[0].Split('-').Select(digits => Convert.ToInt32(digits, 16)).ToArray();
                Assert.True(range[0] > last && range[^1] >= range[0], line);
                last = range[^1];
            }
        }
    }
}
