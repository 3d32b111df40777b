using CredBroker.Core;

namespace CredBroker.Tests.Policies.Testing;

/// <summary>Example requests are answered as real ones would be.</summary>
public sealed class PolicyTestingTests
{
    private const string Read = "workload: agent\ntool: tickets\naction: read\nresource: acme/1\nparameters: { state: open, page: -3, mine: true }\n";
    private const string Send = "workload: agent\ntool: mail\naction: send\nresource: customers/1\n";
    private const string Release = "workload: agent\ntool: deploy\naction: release\nresource: services/a\n";

    [Theory]
    [InlineData("", """principal == Workload::"agent" && principal.attested_by == "join_token" && context.phase == "mint" && !context.approved""")]
    [InlineData("attested_by: x509_peer", """principal.attested_by == "x509_peer" """)]
    [InlineData("phase: authorize", """context.phase == "authorize" """)]
    [InlineData("phase: delegate\nto: agent", """context.phase == "delegate" """)]
    [InlineData("", """context.path == "acme/1" && context.parameters.state == "open" && context.parameters has page && context.parameters.page == -3 && context.parameters has mine && context.parameters.mine""")]
    [InlineData("", """context.now == datetime("2026-01-05T12:00:00Z")""")]
    [InlineData("now: 2027-02-03T04:05:06.007Z", """context.now == datetime("2027-02-03T04:05:06.007Z")""")]
    [InlineData("", """context.task.depth == 0 && context.task.age == duration("0s") && context.task.issued == 0 && context.task.remaining_budget == 50""")]
    [InlineData("task: { issued: 7 }", "context.task.issued == 7 && context.task.remaining_budget == 43")]
    [InlineData("task: { issued: 7, remaining_budget: 1000 }", "context.task.issued == 7 && context.task.remaining_budget == 1000")]
    [InlineData("task: { depth: 2 }", "context.task.depth == 2")]
    [InlineData("task: { above: [agent] }", "context.task.depth == 1")]
    [InlineData("task: { age: 90s }", """context.task.age == duration("90s")""")]
    [InlineData("task: { intent: spring cleaning, initiator: 'user:ada@example.test' }", """context.task.intent == "spring cleaning" && context.task.initiator == "user:ada@example.test" """)]
    [InlineData("", "context.task.history.data.isEmpty() && context.task.history.tools.isEmpty() && !context.task.history.egress && context.task.history.by_tool.mail == 0")]
    [InlineData("task: { history: { data: [secret, public], tools: [mail], egress: true } }",
        """context.task.history.data == ["public", "secret"] && context.task.history.tools == ["mail"] && context.task.history.egress""")]
    [InlineData("task: { history: { reads: 1, writes: 2, privileged: 3 } }", "context.task.history.reads == 1 && context.task.history.writes == 2 && context.task.history.privileged == 3")]
    [InlineData("task: { history: { by_tool: { mail: 4 } } }", """context.task.history.by_tool.mail == 4 && context.task.history.tools == ["mail"]""")]
    public void Policies_see_what_a_case_says_and_else_a_task_that_was_just_started(string keys, string condition)
    {
        var permit = Tested.RunOne($"{Read}{keys}\nexpect: allow", $"permit (principal, action == Action::\"tickets.read\", resource) when {{ {condition} }};");
        var not = Tested.RunOne($"{Read}{keys}\nexpect: {{ outcome: deny, reason: POLICY_DENIED, by: [] }}", $"permit (principal, action == Action::\"tickets.read\", resource) unless {{ {condition} }};");

        Assert.Empty(permit.Differences);
        Assert.Empty(not.Differences);
    }

    [Theory]
    [InlineData("workload: helper\ntool: mail\naction: send\nresource: customers/1\n", "ACTION_NOT_ALLOWED")]
    [InlineData("workload: helper\ntool: tickets\naction: read\nresource: acme/1\nparameters: { state: open }\n", "RESOURCE_NOT_ALLOWED")]
    [InlineData("workload: agent\ntool: tickets\naction: read\nresource: acme/1\n", "PARAMETER_NOT_ALLOWED")]
    [InlineData(Send + "task: { envelope: [{ tool: mail, action: send, resource: customers/2 }] }\n", "RESOURCE_OUTSIDE_ENVELOPE")]
    [InlineData(Send + "task: { remaining_budget: 0 }\n", "BUDGET_SPENT")]
    [InlineData(Send + "task: { above: [helper] }\n", "NOT_ALLOWED_ABOVE")]
    [InlineData(Send + "task: { depth: 3 }\n", "DEPTH_OVER_CEILING")]
    [InlineData(Read + "phase: delegate\nto: helper\n", "RESOURCE_NOT_ALLOWED")]
    public void What_the_catalog_or_the_task_does_not_allow_is_denied_whatever_policies_say(string keys, string reason)
    {
        var result = Tested.RunOne($"{keys}expect: {{ outcome: deny, reason: {reason} }}");

        Assert.Empty(result.Differences);
        Assert.Empty(result.Was.By);
    }

    [Fact]
    public void An_answer_has_the_terms_that_bind_it()
    {
        const string Policies = """
            @id("a") @max_ttl("90s") @obligation("write it down") permit (principal, action in Action::"egress", resource);
            @id("b") @single_use @obligation("log") permit (principal, action == Action::"mail.send", resource);
            """;

        var result = Tested.RunOne(Send + "expect: { outcome: allow, by: [b, a], max_ttl: 90s, single_use: true, obligations: [log, write it down] }", Policies);
        var call = Tested.RunOne(Send + "phase: authorize\nexpect: { outcome: allow, obligations: [write it down, log] }", Policies);
        var catalogs = Tested.RunOne(Send + "expect: { outcome: allow, max_ttl: 2m, single_use: false, obligations: [] }");

        Assert.Empty(result.Differences);
        Assert.Empty(call.Differences);
        Assert.Empty(catalogs.Differences);
    }

    [Fact]
    public void An_approval_makes_the_difference_where_policies_say_so_and_nowhere_else()
    {
        const string Policies = """
            @id("yes") @approvers("sre") @quorum("2") @max_ttl("30s") permit (principal, action == Action::"deploy.release", resource) when { context.approved };
            @id("reads") permit (principal, action in Action::"read", resource);
            @id("not-aged") forbid (principal, action, resource) when { context.task.age > duration("10m") };
            """;

        Assert.Empty(Tested.RunOne(Release + "expect: { outcome: approval required, by: [yes], approvers: [sre], quorum: 2, max_ttl: 30s, single_use: true }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "approved: true\nexpect: { outcome: allow, by: [yes] }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "phase: authorize\napproved: true\nexpect: { outcome: allow, by: [yes] }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "phase: authorize\nexpect: { outcome: deny, reason: APPROVAL_REQUIRED }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "approved: true\ntask: { age: 11m }\nexpect: { outcome: deny, by: [not-aged] }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Read + "approved: true\nexpect: { outcome: allow, by: [reads] }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "phase: authorize\nexpect: { outcome: deny, reason: APPROVAL_REQUIRED }", Policies).Differences);
        Assert.Empty(Tested.RunOne(Release + "phase: delegate\nto: agent\nexpect: { outcome: approval required, by: [yes] }", Policies).Differences);
    }

    [Fact]
    public void Every_difference_is_told()
    {
        const string Policies = """@id("a") @max_ttl("1m") @obligation("log") permit (principal, action, resource); @id("b") forbid (principal, action in Action::"privileged", resource);""";

        var allowed = Tested.RunOne(Send + "expect: { outcome: approval required, by: [b], approvers: [sre], quorum: 2, max_ttl: 2m, single_use: true, obligations: [] }", Policies);
        var denied = Tested.RunOne(Release + "expect: { outcome: deny, by: [], reason: BUDGET_SPENT }", Policies);

        Assert.Equal(
            [
                "expected approval required, was allow", "by: expected b, was a", "approvers: expected sre, was none", "quorum: expected 2, was none",
                "max_ttl: expected 2m, was 1m", "single_use: expected true, was false", "obligations: expected none, was log",
            ],
            allowed.Differences);
        Assert.Equal(["by: expected none, was b", "reason: expected BUDGET_SPENT, was POLICY_DENIED"], denied.Differences);
        Assert.Equal(["expected allow, was deny"], Tested.RunOne(Release + "expect: allow", Policies).Differences);
    }

    [Fact]
    public void Policies_that_failed_are_in_the_answer()
    {
        var result = Tested.RunOne(Send + "task: { issued: 1 }\nexpect: deny", $"{Tested.Permits} forbid (principal, action, resource) when {{ context.task.issued + {long.MaxValue} > 0 }};");

        Assert.True(result.Passed);
        Assert.Equal(Reason.PolicyFailed, result.Was.Reason);
        Assert.StartsWith("p.cedar#2: p.cedar:1:", Assert.Single(result.Was.Failed), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_only_digests_of_intents_are_kept_policies_see_no_text()
    {
        const string Policies = """permit (principal, action, resource) when { context.task.intent == "an example" };""";

        Assert.True(Tested.RunOne(Send + "expect: allow", Policies).Passed);
        Assert.True(Tested.RunOne(Send + "expect: deny", Policies, rest: "prompts: { store: digest }").Passed);
    }

    [Fact]
    public void Defaults_hold_where_a_case_is_silent_key_by_key()
    {
        const string Cases = """
            defaults:
              workload: agent
              tool: mail
              action: send
              resource: customers/1
              task: { issued: 5, history: { data: [secret], writes: 3 } }
            cases:
              - name: as it stands
                expect: allow
              - name: with another history
                task: { history: { writes: 4 } }
                expect: { outcome: deny, by: [four] }
            """;
        const string Policies = """
            permit (principal, action, resource) when { context.task.issued == 5 && context.task.history.data == ["secret"] };
            @id("four") forbid (principal, action, resource) when { context.task.issued == 5 && context.task.history.data == ["secret"] && context.task.history.writes == 4 };
            """;

        Assert.All(Tested.Run(Cases, Policies), result => Assert.Empty(result.Differences));
    }
}
