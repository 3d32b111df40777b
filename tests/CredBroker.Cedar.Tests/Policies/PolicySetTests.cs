using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Policies;

/// <summary>Sets: ids, templates, links, and that nothing gets in which does not belong.</summary>
public sealed class PolicySetTests
{
    private const string Template = "@id(\"t\") permit (principal == ?principal, action, resource in ?resource) when { context.ok };";

    [Fact]
    public void Policies_are_numbered_by_position() =>
        Assert.Equal(["policy0", "policy1"], Read("permit (principal, action, resource);\n@id(\"x\") forbid (principal, action, resource);").Policies.Keys.Select(id => id.Value));

    [Fact]
    public void Policies_are_called_by_their_annotation_when_asked_to()
    {
        Assert.True(PolicySet.TryParse(
            new("p.cedar", "permit (principal, action, resource);\n@id(\"x\") forbid (principal, action, resource);\n@id permit (principal, action, resource);"),
            out var set, out _, PolicyNaming.ByAnnotation));

        Assert.Equal(["policy0", "policy2", "x"], set.Policies.Keys.Select(id => id.Value));
    }

    [Fact]
    public void An_id_is_taken_once_and_then_no_policy_of_the_text_is_added()
    {
        var builder = new PolicySetBuilder();
        const string text = "@id(\"a\") permit (principal, action, resource);\n@id(\"b\") permit (principal, action, resource);\n@id(\"a\") permit (principal, action, resource);";

        Assert.False(builder.TryAddText(new("p.cedar", text), out var errors, PolicyNaming.ByAnnotation));

        Assert.Equal("p.cedar:3:1: the id `a` is taken", Assert.Single(errors).ToString());
        Assert.Equal(new PolicyId("a"), errors[0].Policy);
        Assert.Empty(builder.Build().Policies);
    }

    [Fact]
    public void A_template_is_apart_from_policies_until_it_is_linked()
    {
        var set = Linked(new(new("l"), new("t"), EntityUid.Of("User", "a"), EntityUid.Of("Doc", "d")));

        Assert.Empty(set.Policies);
        Assert.Single(set.Templates);
        var applied = set.Links[new("l")].Apply(set.Templates[new("t")]);
        Assert.Equal("@id(\"t\")\npermit (principal == User::\"a\", action, resource in Doc::\"d\")\nwhen { context.ok };", applied.ToString());
    }

    [Theory]
    [InlineData("l", "nope", true, true, "there is no template `nope`")]
    [InlineData("t", "t", true, true, "the id `t` is taken")]
    [InlineData("l", "t", true, false, "nothing is given for the slot `?resource`")]
    [InlineData("l", "t", false, true, "nothing is given for the slot `?principal`")]
    [InlineData("l", "p", true, true, "the template `p` has no slot `?resource`")]
    public void A_link_fills_exactly_the_slots_of_a_template(string id, string template, bool principal, bool resource, string because)
    {
        var builder = Builder();
        Assert.True(builder.TryAdd(new("p"), Make.Policy("permit (principal in ?principal, action, resource);"), out _));
        var link = new TemplateLink(new(id), new(template), principal ? EntityUid.Of("U", "") : null, resource ? EntityUid.Of("D", "") : null);

        Assert.False(builder.TryLink(link, out var error));
        Assert.Equal(because, error.Message);
    }

    [Fact]
    public void A_policy_is_no_template_to_link()
    {
        var builder = Builder();
        Assert.True(builder.TryAdd(new("s"), Make.Policy("permit (principal, action, resource);"), out _));

        Assert.False(builder.TryLink(new(new("l"), new("s")), out var error));
        Assert.Equal("there is no template `s`", error.Message);
    }

    [Fact]
    public void A_set_reads_back_from_its_json() =>
        RoundTrips.ThroughJson(Linked(new(new("l"), new("t"), EntityUid.Of("User", "a"), EntityUid.Of("Doc", "d"))));

    [Fact]
    public void A_tree_that_is_too_deep_is_not_added()
    {
        Expression deep = new Variable(RequestVariable.Context);
        for (var i = 0; i < CedarLimits.MaxDepth; i++) deep = new UnaryExpression(UnaryOperator.Not, deep);
        var policy = new CedarPolicy
        {
            Effect = Effect.Permit,
            Principal = new ScopeConstraint.Any(),
            Action = new ActionConstraint.Any(),
            Resource = new ScopeConstraint.Any(),
            Conditions = [new(false, deep)],
        };

        Assert.False(new PolicySetBuilder().TryAdd(new("p"), policy, out var error));
        Assert.Equal("this condition nests too deep; expected at most 400", error.ToString());
    }

    [Fact]
    public void What_was_built_does_not_change_when_more_is_added()
    {
        var builder = Builder();
        var before = builder.Build();
        Assert.True(builder.TryAdd(new("p"), Make.Policy("permit (principal, action, resource);"), out _));

        Assert.Empty(before.Policies);
        Assert.Single(builder.Build().Policies);
    }

    [Fact]
    public void A_policy_gives_its_annotations_by_name()
    {
        var policy = Make.Policy("@a @b(\"x\") permit (principal, action, resource);");

        Assert.True(policy.TryGetAnnotation("a", out var text));
        Assert.Null(text);
        Assert.True(policy.TryGetAnnotation("b", out text));
        Assert.Equal("x", text);
        Assert.False(policy.TryGetAnnotation("c", out _));
    }

    [Fact]
    public void The_default_id_names_nothing()
    {
        Assert.Throws<ArgumentNullException>(() => Builder().TryAdd(default, Make.Policy("permit (principal, action, resource);"), out _));
        Assert.Throws<ArgumentNullException>(() => Builder().TryLink(new(default, new("t")), out _));
        Assert.Throws<ArgumentNullException>(() => Builder().TryLink(new(new("l"), default), out _));
    }

    [Fact]
    public void Ids_are_ordered_by_code_unit()
    {
        Assert.True(new PolicyId("B") < new PolicyId("a"));
        Assert.True(new PolicyId("a") <= new PolicyId("a"));
        Assert.True(new PolicyId("b") > new PolicyId("a"));
        Assert.True(new PolicyId("b") >= new PolicyId("b"));
        Assert.Equal("", default(PolicyId).ToString());
    }

    private static PolicySet Read(string text)
    {
        Assert.True(PolicySet.TryParse(text, out var set, out var errors), string.Join('\n', errors));
        return set;
    }

    private static PolicySetBuilder Builder()
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAddText(new("t.cedar", Template), out _, PolicyNaming.ByAnnotation));
        return builder;
    }

    private static PolicySet Linked(TemplateLink link)
    {
        var builder = Builder();
        Assert.True(builder.TryLink(link, out var error), error?.ToString());
        return builder.Build();
    }
}
