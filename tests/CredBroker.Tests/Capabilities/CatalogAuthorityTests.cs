using System.Collections.Frozen;
using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

public sealed class CatalogAuthorityTests
{
    private static readonly AllowList Allowed = new([Make.Capability("mail", "send", "outbox/*", ("to", Make.Prefix("team-")))]);

    private static readonly ActionRule Rule = Rules.Of("mail", "send") with
    {
        Parameters = new Dictionary<ParameterName, ParameterType>
        {
            [Make.Parameter("to")] = ParameterType.String, [Make.Parameter("size")] = ParameterType.Long,
        }.ToFrozenDictionary(),
    };

    [Fact]
    public void What_the_catalog_names_is_allowed_with_its_rule()
    {
        var asked = Make.Capability("mail", "send", "outbox/1", ("to", Make.OneOf("team-a")), ("size", Make.Range(0, 1)));
        Assert.True(CatalogAuthority.Allows(new(true, Rule), Allowed, asked, out var rule, out var against));
        Assert.Same(Rule, rule);
        Assert.Null(against);
    }

    [Fact]
    public void Whatever_it_does_not_name_is_denied_for_the_first_reason_that_applies()
    {
        var good = Make.Capability("mail", "send", "outbox/1", ("to", Make.OneOf("team-a")));
        Assert.Equal(Reason.UnknownWorkload, Against(default, null, good));
        Assert.Equal(Reason.UnknownTool, Against(default, Allowed, good));
        Assert.Equal(Reason.UnknownAction, Against(new(true, null), Allowed, good));
        Assert.Equal(Reason.UnknownParameter, Against(new(true, Rule), Allowed, Make.Capability("mail", "send", "outbox/1", ("cc", Make.OneOf("team-a")))));
        Assert.Equal(Reason.ParameterMistyped, Against(new(true, Rule), Allowed, Make.Capability("mail", "send", "outbox/1", ("to", Make.Range(0, 1)))));
        Assert.Equal(Reason.ActionNotAllowed, Against(new(true, Rule), AllowList.Nothing, good));
        Assert.Equal(Reason.ResourceNotAllowed, Against(new(true, Rule), Allowed, Make.Capability("mail", "send", "inbox/1", ("to", Make.OneOf("team-a")))));
        Assert.Equal(Reason.ParameterNotAllowed, Against(new(true, Rule), Allowed, Make.Capability("mail", "send", "outbox/1", ("to", Make.OneOf("boss")))));
        Assert.Equal(Reason.ParameterNotAllowed, Against(new(true, Rule), Allowed, Make.Capability("mail", "send", "outbox/1")));
    }

    [Fact]
    public void A_rule_of_another_action_is_a_bug_and_never_an_answer() =>
        Assert.Throws<UnreachableException>(() => Against(new(true, Rule), Allowed, Make.Capability("mail", "read", "outbox/1")));

    private static Reason? Against(FoundRule found, AllowList? allowed, Capability asked)
    {
        Assert.False(CatalogAuthority.Allows(found, allowed, asked, out _, out var against));
        return against;
    }
}
