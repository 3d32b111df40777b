using System.Globalization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Limits;

/// <summary>
/// Each limit, at every door that it guards: what is at the limit passes, one more is refused with an error that names the limit. Those
/// of nesting are beside the readers that they are about.
/// </summary>
public sealed class LimitTests
{
    private const string TooMany = "too many elements; expected at most 131072";
    private const string TooLong = "67108864";

    /// <summary>One more than a list may have of these, with commas between.</summary>
    private static string Beyond(string one, string separator = ",", int more = 1) => string.Join(separator, Enumerable.Repeat(one, CedarLimits.MaxElements + more));

    [Theory]
    [InlineData("[", "1", ",", "]")]
    [InlineData("ip(", "1", ",", ")")]
    [InlineData("principal.isIpv4(", "1", ",", ")", 1)]
    [InlineData("", "1", "&&", "")]
    [InlineData("", "1", "||", "")]
    [InlineData("", "1", "*", "")]
    [InlineData("", "1", "+", "")]
    [InlineData("", "1", "-", "")]
    [InlineData("context has ", "a", ".", "")]
    public void A_list_or_a_chain_of_a_policy_has_so_many_parts_and_no_more(string open, string one, string separator, string close, int before = 0)
    {
        var policy = Make.Policy(Make.When(open + Beyond(one, separator, -before) + close));
        Assert.True(PolicyJson.TryParse(new("x", PolicyJson.Write(policy)), out var read, out var errors), errors.FirstOrDefault()?.Message);
        Assert.Equal(policy, read);
        Assert.Equal(TooMany, Make.Error(Make.When(open + Beyond(one, separator, 1 - before) + close)).Message);
    }

    [Fact]
    public void A_record_of_a_policy_has_so_many_entries_and_no_more()
    {
        // Names as short as they can be: the text of a policy has a limit too.
        string Record(int count) => Make.When($"{{{string.Join(',', Names(count).Select(name => name + ":1"))}}}.a");

        Assert.Equal(TooMany, Make.Error(Record(CedarLimits.MaxElements + 1)).Message);
        Assert.Equal(CedarLimits.MaxElements, Make.Policy(Record(CedarLimits.MaxElements)).Conditions[0].Body.Children.First().Children.Count());
    }

    [Fact]
    public void A_list_of_actions_has_so_many_and_no_more()
    {
        const string one = "Action::\"\"";
        static string Scope(string actions) => $"permit (principal, action in [{actions}], resource);";

        // Longer than a policy's text may be, which is looked at when all of it is read.
        Assert.Equal(TooMany, Make.Error(Scope(Beyond(one))).Message);
        RefuseJson($"{{\"op\":\"in\",\"entities\":[{Beyond("{\"type\":\"Action\",\"id\":\"\"}")}]}}", "{\"Value\":true}", TooMany);
    }

    [Theory]
    [InlineData("{\"Set\":[#]}", "{\"Value\":1}")]
    [InlineData("{\"ip\":[#]}", "{\"Value\":1}")]
    [InlineData("{\"Value\":[#]}", "1")]
    [InlineData("{\"Value\":{\"a\":[#]}}", "1")]
    [InlineData("{\"Value\":{\"__extn\":{\"fn\":\"ip\",\"args\":[#]}}}", "1")]
    [InlineData("{\"has\":{\"left\":{\"Var\":\"context\"},\"attr\":[#]}}", "\"a\"")]
    public void A_list_in_json_has_so_many_elements_and_no_more(string form, string one)
    {
        ReadJson(form.Replace("#", Beyond(one, ",", 0), StringComparison.Ordinal));
        RefuseJson("{\"op\":\"All\"}", form.Replace("#", Beyond(one), StringComparison.Ordinal), TooMany);
    }

    [Theory]
    [InlineData("{\"Record\":{#}}", "{\"Value\":1}")]
    [InlineData("{\"Value\":{#}}", "1")]
    public void A_record_in_json_has_so_many_entries_and_no_more(string form, string value)
    {
        string Record(int count) => form.Replace("#", string.Join(',', Names(count).Select(name => $"\"{name}\":{value}")), StringComparison.Ordinal);

        ReadJson(Record(CedarLimits.MaxElements));
        RefuseJson("{\"op\":\"All\"}", Record(CedarLimits.MaxElements + 1), TooMany);
    }

    [Theory]
    [InlineData("{\"&&\":{\"left\":", ",\"right\":{\"Value\":true}}}")]
    [InlineData("{\"+\":{\"left\":", ",\"right\":{\"Value\":1}}}")]
    public void A_chain_in_json_has_so_many_links_and_no_more(string open, string close)
    {
        string Chain(int links) => string.Concat(Enumerable.Repeat(open, links)) + "{\"Value\":true}" + string.Concat(Enumerable.Repeat(close, links));

        ReadJson(Chain(CedarLimits.MaxElements - 1));
        RefuseJson("{\"op\":\"All\"}", Chain(CedarLimits.MaxElements), "too many operands; expected at most 131072");
    }

    [Fact]
    public void Chains_that_nest_in_each_other_in_json_read_back_from_it()
    {
        // Two chains, one the first operand of the other: neither is too long, and in JSON both nest in each other.
        string Chain(string first, string sign, string operand) => $"({first})" + string.Concat(Enumerable.Repeat(sign + operand, 120_000));
        var policy = Make.Policy(Make.When(Chain(Chain("1", "+", "1"), "*", "1")));

        RoundTrips.ThroughJson(policy);
    }

    [Theory]
    [InlineData("[#]", "1")]
    [InlineData("{\"r\": {\"s\": [#]}}", "1")]
    public void A_set_of_a_context_has_so_many_elements_and_no_more(string form, string one)
    {
        Sample.ContextOf($"{{\"v\": {form.Replace("#", Beyond(one, ",", 0), StringComparison.Ordinal)}}}");
        Assert.False(ContextReader.TryParse(new("x", $"{{\"v\": {form.Replace("#", Beyond(one), StringComparison.Ordinal)}}}"), out _, out var errors));
        Assert.Equal(TooMany, Assert.Single(errors).Message);
    }

    [Fact]
    public void A_context_attributes_and_tags_have_so_many_entries_and_no_more()
    {
        var most = $"{{{string.Join(',', Names(CedarLimits.MaxElements).Select(name => $"\"{name}\":1"))}}}";
        var more = $"{{{string.Join(',', Names(CedarLimits.MaxElements + 1).Select(name => $"\"{name}\":1"))}}}";
        string Entity(string attributes, string tags) => $"[{{\"uid\":{{\"type\":\"A\",\"id\":\"x\"}},\"attrs\":{attributes},\"parents\":[],\"tags\":{tags}}}]";

        Assert.Equal(CedarLimits.MaxElements, Sample.ContextOf(most).Count);
        Assert.Equal(CedarLimits.MaxElements, Assert.Single(Sample.StoreOf(Entity(most, most)).Entities).Tags.Count);
        Assert.False(ContextReader.TryParse(new("x", more), out _, out var errors));
        Assert.Equal(TooMany, Assert.Single(errors).Message);
        foreach (var json in new[] { Entity(more, "{}"), Entity("{}", more) })
        {
            Assert.False(EntityStore.TryParse(new("x", json), out _, out errors));
            Assert.Equal(TooMany, Assert.Single(errors).Message);
        }
    }

    [Fact]
    public void A_record_of_a_schema_has_so_many_attributes_and_no_more()
    {
        string Entity(int count) => $"entity A {{{string.Join(',', Names(count).Select(name => name + ":Long"))}}};";

        Assert.Equal(CedarLimits.MaxElements, Assert.Single(Schemas.Read(Entity(CedarLimits.MaxElements)).EntityTypes).Value.Attributes.Attributes.Length);
        Assert.Equal("too many attributes; expected at most 131072", Assert.Single(Schemas.Errors(Entity(CedarLimits.MaxElements + 1))).Message);
    }

    [Fact]
    public void A_text_has_so_many_characters_and_no_more()
    {
        // One text for all readers: it takes as much memory as the rest of the tests together.
        var text = new SourceText("x", new string(' ', CedarLimits.MaxTextLength + 1));

        Assert.False(PolicyParser.TryParse(text, out _, out var errors));
        Assert.Contains(TooLong, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.False(CedarSchema.TryParse(text, out _, out errors));
        Assert.Contains(TooLong, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.False(PolicyJson.TryParse(text, out _, out errors));
        Assert.Contains(TooLong, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.False(EntityStore.TryParse(text, out _, out errors));
        Assert.Contains(TooLong, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.False(CedarSchema.TryParseJson(text, out _, out errors));
        Assert.Contains(TooLong, Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_has_so_many_policies_templates_and_links_and_no_more()
    {
        var (builder, template) = (new PolicySetBuilder(), Make.Policy("permit (principal == ?principal, action, resource);"));
        for (var i = 0; i < CedarLimits.MaxPolicies - 1; i++)
            if (!builder.TryAdd(new(i.ToString("d7", CultureInfo.InvariantCulture)), template, out var early)) Assert.Fail(early.Message);

        Assert.True(builder.TryLink(new(new("link"), new("0000000"), EntityUid.Of("User", "a")), out _));
        Assert.False(builder.TryLink(new(new("more"), new("0000000"), EntityUid.Of("User", "a")), out var error));
        Assert.Equal("too many policies", error.Message);
        Assert.False(builder.TryAdd(new("more"), Make.Policy("permit (principal, action, resource);"), out error));
        Assert.Equal("too many policies", error.Message);
        Assert.False(builder.TryAddText(new("x", "permit (principal, action, resource);"), out var errors));
        Assert.Equal("x:1:1: too many policies", Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_store_has_so_many_entities_and_no_more()
    {
        var type = EntityType.Parse("A");
        var entities = Enumerable.Range(0, CedarLimits.MaxEntities + 1).Select(i => new Entity(new(type, i.ToString(CultureInfo.InvariantCulture))));

        Assert.False(EntityStore.TryCreate(entities, out var store, out var errors));
        Assert.Null(store);
        Assert.Equal("too many entities; expected at most 1000000", Assert.Single(errors).Message);
    }

    [Fact]
    public void Every_reader_names_the_first_hundred_mistakes_and_says_that_there_are_more()
    {
        var entities = $"[{string.Join(',', Enumerable.Repeat("1", 1_000))}]";
        var policies = $"{{\"staticPolicies\":{{{string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"p{i}\":1"))}}}}}";
        var links = $"{{\"templateLinks\":[{string.Join(',', Enumerable.Repeat("1", 1_000))}]}}";
        var types = $"{{\"\":{{\"actions\":{{}},\"entityTypes\":{{{string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"T{i}\":1"))}}}}}}}";

        Assert.False(EntityStore.TryParse(new("x", entities), out _, out var errors));
        AreTheFirst(errors.Select(error => error.Message));
        Assert.False(PolicySet.TryParseJson(new("x", policies), out _, out errors));
        AreTheFirst(errors.Select(error => error.Message));
        Assert.False(PolicySet.TryParseJson(new("x", links), out _, out errors));
        AreTheFirst(errors.Select(error => error.Message));
        Assert.False(CedarSchema.TryParseJson(new("x", types), out _, out errors));
        AreTheFirst(errors.Select(error => error.Message));
        AreTheFirst(Schemas.Errors(string.Concat(Enumerable.Repeat("entity 1;\n", 1_000))).Select(error => error.Message));
        AreTheFirst(Make.Errors(new string('#', 1_000)).Select(error => error.Message));
    }

    [Fact]
    public void Ids_that_are_taken_are_named_a_hundred_at_most()
    {
        var text = string.Concat(Enumerable.Repeat("@id(\"a\") permit (principal, action, resource);\n", 1_000));

        Assert.False(new PolicySetBuilder().TryAddText(new("x", text), out var errors, PolicyNaming.ByAnnotation));
        AreTheFirst(errors.Select(error => error.Message));
    }

    [Fact]
    public void Every_policy_may_have_its_own_hundred_mistakes()
    {
        var wrong = string.Join(" && ", Enumerable.Range(0, 200).Select(i => $"principal.y{i}"));
        var result = Schemas.Validate(string.Concat(Enumerable.Repeat($"permit (principal, action == Action::\"view\", resource) when {{ {wrong} }};\n", 3)));

        Assert.Equal(3 * (CedarLimits.MaxErrors + 1), result.Errors.Length);
        Assert.Equal(3, result.Errors.Count(error => error.Message == "more mistakes follow; these are the first"));
    }

    [Fact]
    public void Entities_that_do_not_fit_a_schema_are_named_a_hundred_at_most()
    {
        var entities = Enumerable.Range(0, 1_000).Select(i => new Entity(EntityUid.Of("Nope", i.ToString(CultureInfo.InvariantCulture)))).ToArray();

        Assert.False(EntityValidator.TryCreate(entities, Schemas.Sample, out _, out var errors));
        Assert.Equal(CedarLimits.MaxErrors, errors.Length);
        Assert.True(EntityStore.TryCreate(entities, out var store, out _));
        Assert.Equal(CedarLimits.MaxErrors, EntityValidator.Validate(store, Schemas.Sample).Length);
    }

    /// <summary>Different names, the short ones first.</summary>
    private static IEnumerable<string> Names(int count)
    {
        const string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
        return Enumerable.Range(0, count).Select(i =>
        {
            // Words of the language have two letters at least, and only lower case.
            var name = "";
            for (var rest = i; ; rest = (rest / letters.Length) - 1)
            {
                name = letters[rest % letters.Length] + name;
                if (rest < letters.Length) break;
            }

            return name is "in" or "is" or "if" or "has" ? name + "1" : name;
        });
    }

    private static void AreTheFirst(IEnumerable<string> messages)
    {
        var all = messages.ToArray();
        Assert.Equal(CedarLimits.MaxErrors + 1, all.Length);
        Assert.Equal("more mistakes follow; these are the first", all[^1]);
        Assert.DoesNotContain(all[^1], all[..^1]);
    }

    private static string PolicyOf(string action, string body) =>
        $"{{\"effect\":\"permit\",\"principal\":{{\"op\":\"All\"}},\"action\":{action},\"resource\":{{\"op\":\"All\"}},\"conditions\":[{{\"kind\":\"when\",\"body\":{body}}}]}}";

    private static void ReadJson(string body) =>
        Assert.True(PolicyJson.TryParse(new("x", PolicyOf("{\"op\":\"All\"}", body)), out _, out var errors), errors.FirstOrDefault()?.Message);

    private static void RefuseJson(string action, string body, string message)
    {
        Assert.False(PolicyJson.TryParse(new("x", PolicyOf(action, body)), out var policy, out var errors));
        Assert.Null(policy);
        Assert.Equal(message, errors[0].Message);
    }
}
