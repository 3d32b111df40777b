using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies;
using CredBroker.Tests.Capabilities;

namespace CredBroker.Tests.Policies;

/// <summary>What is wrong with policies is said when they are applied, with its place.</summary>
public sealed class PolicyReaderTests
{
    private const string Permit = "permit (principal, action, resource);";

    private static readonly ActionRule[] s_rules =
    [
        Rules.Of("issues", "read"), Rules.Of("mail", "send") with { Risk = RiskClass.Write, Egress = true }, Rules.Of("deploy", "release") with { Risk = RiskClass.Privileged },
    ];

    [Theory]
    [InlineData("permit (principal, action, resource)", "p.cedar:1:37: ")]
    [InlineData("permit (principal, action, resource)\nwhen { context.tsk.depth < 3 };", "p.cedar:2:16: ")]
    [InlineData("permit (principal, action, resource) when { context.task.history.writes < \"5\" };", "p.cedar:1:75: this is `String`; expected `Long`")]
    [InlineData("permit (principal, action == Action::\"issues.burn\", resource);", "p.cedar:1:30: ")]
    [InlineData("permit (principal, action, resource) when { context.parameters.branch == \"x\" };", "p.cedar:1:64: `{}` has no attribute `branch`")]
    [InlineData("permit (principal, action, resource) when { context.task.history.by_tool.nothing == 0 };", "p.cedar:1:74: `{deploy: Long, issues: Long, mail: Long}` has no attribute `nothing`")]
    [InlineData("permit (principal == ?principal, action, resource);", "p.cedar:1:1: a template decides nothing by itself; expected a policy without ?principal and ?resource")]
    [InlineData("@id(\"a\") " + Permit + "\n@id(\"a\") " + Permit, "p.cedar:2:2: the id \"a\" is taken by another policy; expected an @id of its own")]
    [InlineData("@id(\"p.cedar#2\") " + Permit + "\n" + Permit, "p.cedar:2:1: the id \"p.cedar#2\" is taken by another policy; expected an @id of its own")]
    [InlineData("@id " + Permit, "p.cedar:1:2: @id says nothing; expected a text of 1 to 128 characters, on one line")]
    [InlineData("@max_tll(\"60s\") " + Permit, "p.cedar:1:2: unknown annotation \"max_tll\"; expected id, owner, advice, max_ttl, single_use, approvers, quorum or obligation; did you mean \"max_ttl\"?")]
    [InlineData("@max_ttl(\"soon\") " + Permit, "p.cedar:1:2: @max_ttl says \"soon\"; expected a length of time from 1s to 1h, like @max_ttl(\"90s\")")]
    [InlineData("@max_ttl(\"2h\") " + Permit, "p.cedar:1:2: @max_ttl says \"2h\"; expected a length of time from 1s to 1h, like @max_ttl(\"90s\")")]
    [InlineData("@max_ttl " + Permit, "p.cedar:1:2: @max_ttl says nothing; expected a length of time from 1s to 1h, like @max_ttl(\"90s\")")]
    [InlineData("@single_use(\"yes\") " + Permit, "p.cedar:1:2: @single_use has a text; expected @single_use alone")]
    [InlineData("@obligation(\"a\\nb\") " + Permit, "p.cedar:1:2: @obligation says \"a\\u000ab\"; expected a text of 1 to 256 characters, on one line")]
    [InlineData(Permit + "\n@single_use\n@max_ttl(\"1s\") forbid (principal, action, resource);", "p.cedar:2:2: @single_use binds nothing on a forbid; expected it on a permit: it binds when the policy permits|p.cedar:3:2: @max_ttl binds nothing on a forbid; expected it on a permit: it binds when the policy permits")]
    [InlineData("@approvers(\"ser\") permit (principal, action, resource) when { context.approved };", "p.cedar:1:2: @approvers names \"ser\", which is no approver group; expected groups of approver_groups, like @approvers(\"sre,security\"); did you mean \"sre\"?")]
    [InlineData("@approvers(\"sre,sre\") permit (principal, action, resource) when { context.approved };", "p.cedar:1:2: @approvers names \"sre\" twice; expected groups of approver_groups, like @approvers(\"sre,security\")")]
    [InlineData("@approvers(\"sre\") " + Permit, "p.cedar:1:2: @approvers has no effect; expected a policy whose conditions read context.approved")]
    [InlineData("@quorum(\"2\") permit (principal, action, resource) when { context.approved };", "p.cedar:1:2: @quorum counts approvers, and none are named; expected @approvers beside it")]
    [InlineData("@approvers(\"sre\") @quorum(\"3\") permit (principal, action, resource) when { context.approved };", "p.cedar:1:20: @quorum is more than the 2 approvers that @approvers names; expected a number that can be reached")]
    [InlineData("@approvers(\"sre\") @quorum(\"02\") permit (principal, action, resource) when { context.approved };", "p.cedar:1:20: @quorum says \"02\"; expected a whole number from 1 to 999, like @quorum(\"2\")")]
    public void A_policy_that_is_not_valid_is_refused_with_its_place(string text, string expected)
    {
        var policies = Policed.Read(text, out var problems, s_rules);

        Assert.Equal(0, policies.Count);
        var found = problems.Where(problem => !problem.IsWarning).Select(problem => problem.ToString()).ToList();
        var shown = string.Join('|', found);
        Assert.True(expected.EndsWith(' ') ? found.Count == 1 && found[0].StartsWith(expected, StringComparison.Ordinal) : shown == expected, shown);
    }

    [Theory]
    [InlineData("", "broker.yaml:1:1: warning: there are no policies: nothing is permitted")]
    [InlineData("forbid (principal, action, resource);", "broker.yaml:1:1: warning: no policy permits anything: nothing is permitted")]
    [InlineData("permit (principal in Class::\"agnt\", action, resource);", "p.cedar:1:22: warning: the catalog has no class \"agnt\"; did you mean \"agent\"?")]
    [InlineData(Permit + " forbid (principal, action, resource) when { principal == Workload::\"x\" || resource == Tool::\"maill\" };", "p.cedar:1:96: warning: the catalog has no workload \"x\"|p.cedar:1:125: warning: the catalog has no tool \"maill\"; did you mean \"mail\"?")]
    public void What_was_hardly_meant_is_worth_a_warning(string text, string expected)
    {
        Policed.Read(text, out var problems, s_rules);

        Assert.Equal(expected, string.Join('|', problems));
    }

    [Fact]
    public void A_policy_that_can_never_match_is_named()
    {
        var policies = Policed.Read(Permit + "\n@id(\"never\") permit (principal, action, resource) when { action == Action::\"mail.send\" && action == Action::\"issues.read\" };", out var problems, s_rules);

        Assert.Equal(2, policies.Count);
        Assert.StartsWith("p.cedar:2:1: warning: policy \"never\": ", Assert.Single(problems).ToString(), StringComparison.Ordinal);
        Policed.Read("permit (principal, action in Action::\"privileged\", resource);", out problems, s_rules[0]);
        Assert.Equal(["p.cedar", "broker.yaml"], problems.Select(problem => problem.At.File).OrderDescending());
    }

    [Fact]
    public void Policies_as_a_security_engineer_writes_them_are_valid()
    {
        var policies = Policed.Read("""
            @id("orchestrators-write") permit (principal in Class::"agent", action in Action::"write", resource)
            when { context.task.history.writes < 5 };

            @id("no-egress-after-confidential") forbid (principal, action in Action::"egress", resource)
            when { context.task.history.data.containsAny(["confidential", "secret"]) };

            @id("privileged-needs-a-human") @owner("team-security") @advice("ask on the channel") @approvers("sre") @max_ttl("60s")
            permit (principal, action in Action::"privileged", resource) when { context.approved };

            @id("main-is-protected") forbid (principal, action, resource)
            when { context.parameters has branch && context.parameters.branch == "main" } unless { context.approved };
            """, out var problems,
            [.. s_rules, Rules.Of("git", "push") with { Parameters = Policed.Typed(("branch", ParameterType.String)) }]);

        Assert.Empty(problems);
        Assert.Equal(4, policies.Count);
    }

    [Theory]
    [InlineData("context.task.history.data.contains(\"secret\")", false)]
    [InlineData("context.task.depth < 3 && context.task.age < duration(\"1h\") && context.now > datetime(\"2026-01-01\")", false)]
    [InlineData("context.task.history.writes < 5", true)]
    [InlineData("context.task.history.by_tool.mail < 5", true)]
    [InlineData("context.task.issued < 5", true)]
    [InlineData("context.task.remaining_budget > 5", true)]
    [InlineData("context.task has history", true)]
    [InlineData("context has task.history.reads", true)]
    [InlineData("(if context.approved then context.task else context.task).history.reads < 5", true)]
    [InlineData("[context.task.history].contains(context.task.history)", true)]
    [InlineData("context == context", true)]
    [InlineData("{ all: context.task }.all.depth == 0", true)]
    public void Whether_counts_matter_is_known_from_the_policies_however_they_get_there(string condition, bool matter) =>
        Assert.Equal(matter, Policed.By($"permit (principal, action, resource) when {{ {condition} }};", s_rules).ReadCounts);

    [Fact]
    public void Too_many_policies_are_refused()
    {
        Policed.Read(string.Concat(Enumerable.Repeat(Permit, PolicyReader.MaxPolicies + 1)), out var problems, s_rules);
        Assert.Equal("p.cedar:1:1: too many policies; expected at most 10000", Assert.Single(problems).ToString());
        Policed.Read(string.Concat(Enumerable.Repeat(Permit, 5001)), out problems, [.. Enumerable.Range(0, 100).Select(i => Rules.Of("issues", $"a{i}"))]);
        Assert.Equal(CatalogErrorKind.TooLarge, Assert.Single(problems).Kind);
    }
}
