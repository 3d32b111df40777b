using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Policies;

/// <summary>A link decides as the policy does that one gets by writing the entities where the slots are.</summary>
public sealed class TemplateTests
{
    private static readonly EntityUid[] s_principals = [EntityUid.Of("User", "alice"), EntityUid.Of("Group", "g1"), EntityUid.Of("Group", "g2"), EntityUid.Of("User", "bob"), EntityUid.Of("Doc", "d")];

    [Fact]
    public void A_link_decides_as_the_policy_with_the_entities_in_place()
    {
        var cases = from template in Trees.Templates.Generator.Where(template => template.IsTemplate)
                    from principal in Gen.Elements(s_principals)
                    from resource in Gen.Elements(s_principals)
                    select (template, principal, resource);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var (template, principal, resource) = sample;
            var text = template.ToString().Replace("?principal", $"{principal}", StringComparison.Ordinal).Replace("?resource", $"{resource}", StringComparison.Ordinal);
            // Within a text in quotes nothing is a slot.
            if (template.ToString().Contains("\"?", StringComparison.Ordinal)) return true;
            var written = Decide(Set((new("p"), Make.Policy(text))));
            var linked = Decide(Set((new("t"), template), new TemplateLink(
                new("p"), new("t"), template.Slots.Contains(Slot.Principal) ? principal : null, template.Slots.Contains(Slot.Resource) ? resource : null)));
            return written == linked;
        }), 2_000);
    }

    [Fact]
    public void A_template_without_links_decides_nothing() => Properties.Hold(Prop.ForAll(
        Trees.Templates.Generator.Where(template => template.IsTemplate).ToArbitrary(), template => Decide(Set((new("t"), template))) == (Decision.Deny, "", "")), 500);

    [Theory]
    [InlineData("principal == ?principal, action, resource", "?principal")]
    [InlineData("principal in ?principal, action, resource", "?principal")]
    [InlineData("principal is User in ?principal, action, resource", "?principal")]
    [InlineData("principal, action, resource == ?resource", "?resource")]
    [InlineData("principal, action, resource in ?resource", "?resource")]
    [InlineData("principal, action, resource is Doc in ?resource", "?resource")]
    [InlineData("principal == ?principal, action, resource in ?resource", "?principal ?resource")]
    public void Slots_are_where_they_may_be_and_go_through_text_and_json(string scope, string slots)
    {
        var template = Make.Policy($"forbid ({scope}) when {{ true }};");

        Assert.Equal(slots, string.Join(' ', template.Slots.Select(slot => slot == Slot.Principal ? "?principal" : "?resource")));
        RoundTrips.ThroughText(template);
        RoundTrips.ThroughJson(template);
        Assert.Equal(PolicyJson.Write(template), PolicyJson.Write(RoundTrips.ThroughJson(template)));
    }

    [Fact]
    public void Links_of_one_template_are_told_apart_in_reasons_and_errors()
    {
        var template = Make.Policy("@note(\"n\") permit (principal in ?principal, action, resource) when { context.a == 1 };");
        var failing = Make.Policy("permit (principal in ?principal, action, resource) when { context.nope };");
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(new("t"), template, out _));
        Assert.True(builder.TryAdd(new("f"), failing, out _));
        foreach (var (i, uid) in s_principals.Index())
        {
            Assert.True(builder.TryLink(new(new($"t{i}"), new("t"), uid), out _));
            Assert.True(builder.TryLink(new(new($"f{i}"), new("f"), uid), out _));
        }

        var result = PolicySnapshot.Compile(builder.Build()).Authorize(Sample.Request, Sample.Store);
        Assert.Equal(["t0", "t1", "t2"], result.Reasons.Select(id => id.Value).Order());
        Assert.Equal(["f0", "f1", "f2"], result.Errors.Select(error => error.Policy.Value).Order());
        Assert.True(result.ReasonAt(0).Policy.TryGetAnnotation("note", out var note));
        Assert.Equal("n", note);
        Assert.False(result.ReasonAt(0).Policy.IsTemplate);
        Assert.False(result.FailedAt(0).Policy.IsTemplate);
        Assert.Equal(new ScopeConstraint.In(new(s_principals.Single(uid => $"t{Array.IndexOf(s_principals, uid)}" == result.ReasonAt(0).Id.Value))), result.ReasonAt(0).Policy.Principal);
    }

    [Theory]
    [InlineData("{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{\"?principal\":{\"type\":\"User\",\"id\":\"alice\"}}}", null)]
    [InlineData("{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{\"?principal\":{\"__entity\":{\"type\":\"User\",\"id\":\"alice\"}}}}", null)]
    [InlineData("{\"templateId\":\"t\",\"newId\":\"t\",\"values\":{\"?principal\":{\"type\":\"User\",\"id\":\"alice\"}}}", "the id `t` is taken")]
    [InlineData("{\"templateId\":\"s\",\"newId\":\"l\",\"values\":{}}", "there is no template `s`")]
    [InlineData("{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{}}", "nothing is given for the slot `?principal`")]
    [InlineData("{\"templateId\":\"t\",\"newId\":\"l\",\"values\":{\"?principal\":{\"type\":\"User\",\"id\":\"a\"},\"?resource\":{\"type\":\"Doc\",\"id\":\"d\"}}}",
        "the template `t` has no slot `?resource`")]
    public void A_link_in_json_fills_exactly_the_slots(string link, string? message)
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(new("t"), Make.Policy("permit (principal == ?principal, action, resource);"), out _));
        Assert.True(builder.TryAdd(new("s"), Make.Policy("permit (principal, action, resource) when { false };"), out _));
        var json = builder.Build().ToJson().Replace("\"templateLinks\":[]", $"\"templateLinks\":[{link}]", StringComparison.Ordinal);

        Assert.Equal(message is null, PolicySet.TryParseJson(new("set.json", json), out var set, out var errors));
        Assert.Equal(message, errors.SingleOrDefault()?.Message);
        if (set is not null) Assert.Equal((Decision.Allow, "l", ""), Decide(set));
    }

    private static PolicySet Set((PolicyId Id, CedarPolicy Policy) policy, TemplateLink? link = null)
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(policy.Id, policy.Policy, out _));
        if (link is not null) Assert.True(builder.TryLink(link, out var error), error?.Message);
        return builder.Build();
    }

    private static (Decision, string, string) Decide(PolicySet set)
    {
        var result = PolicySnapshot.Compile(set).Authorize(Sample.Request, Sample.Store);
        return (result.Decision, string.Join(' ', result.Reasons.Order()), string.Join(' ', result.Errors.Select(error => error.Policy).Order()));
    }
}
