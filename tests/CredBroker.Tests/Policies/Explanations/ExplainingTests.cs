using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Policies.Explanations;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Docs;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies.Explanations;

/// <summary>Why the policies judged as they did, and what would have changed it.</summary>
public sealed class ExplainingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    private static readonly ActionRule s_read = Rules.Of("issues", "read") with { Data = DataClass.Confidential };
    private static readonly ActionRule s_send = Rules.Of("mail", "send") with { Risk = RiskClass.Write, Egress = true, Parameters = Policed.Typed(("to", ParameterType.String)) };
    private static readonly ActionRule s_release = Rules.Of("deploy", "release") with { Risk = RiskClass.Privileged, Parameters = Policed.Typed(("must_canary", ParameterType.Bool), ("must_percent", ParameterType.Long), ("branch", ParameterType.String)) };

    private static readonly PolicyQuestion s_asked = new()
    {
        Phase = PolicyPhase.Mint, Workload = Facts.Triage, AttestedBy = EvidenceKind.JoinToken, Task = Facts.Task(s_now), Capability = Make.Capability("issues", "read", "acme/api"),
    };

    private static readonly PolicyQuestion s_mail = s_asked with { Capability = Make.Capability("mail", "send", "outbox/1") };
    private static readonly PolicyQuestion s_deploy = s_asked with { Capability = Make.Capability("deploy", "release", "services/a", ("must_percent", Make.Range(11, 11))) };

    private const string All = """@id("all") permit (principal, action, resource); """;

    [Fact]
    public void What_the_page_about_policies_forbids_is_explained()
    {
        var policies = PoliciesPageTests.Catalog().Policies;
        var workload = Facts.Workload("spiffe://example.test/agents/support");
        var asked = s_asked with
        {
            Workload = workload, Capability = Make.Capability("mail", "send", "customers/7", ("to", Make.OneOf("a@example.test"))),
            Task = s_asked.Task with { Workload = workload, History = ["data:confidential", "tool:tickets"], Granted = new(1, 5, 0, GrantCounts.None.ByTool) },
        };

        Assert.Equal(
            [
                "The policies denied it.",
                """The policy "at-most-five-writes" (policies.cedar:8:1) forbade it, because context.task.history.writes >= 5 held (context.task.history.writes was 5).""",
                """The policy "nothing-leaves-after-secrets" (policies.cedar:4:1) forbade it, because context.task.history.data.containsAny(["confidential", "secret"]) held (context.task.history.data was ["confidential"]).""",
            ],
            Explaining.Explain(policies, asked, s_now).Sentences);

        var once = asked with { Task = asked.Task with { Granted = GrantCounts.None } };
        Assert.Equal(
            "It would have been allowed had the history not contained confidential data (by agents-read-and-write).",
            Explaining.Explain(policies, once, s_now).Sentences[^1]);
        Assert.Equal(
            "It would have been allowed had the tree been granted 4 writes instead of 5 (by agents-read-and-write).",
            Explaining.Explain(policies, asked with { Task = asked.Task with { History = [] } }, s_now).Sentences[^1]);
    }

    [Fact]
    public void Of_a_denial_by_absence_the_permits_that_came_nearest_say_what_they_missed()
    {
        const string Text = """
            @id("far") permit (principal, action == Action::"deploy.release", resource) when { context.approved && context.parameters.must_percent <= 10 && principal.attested_by == "unix_peer" };
            @id("near") permit (principal, action == Action::"deploy.release", resource) when { context.task.depth == 0 && context.parameters.must_percent <= 10 } unless { context.task.issued > 5 || context.task.age > duration("2h") };
            @id("elsewhere") permit (principal in Class::"batch", action, resource);
            """;

        var explanation = Explain(Text, s_deploy);

        Assert.Equal(["near", "far"], explanation.Findings.Select(finding => finding.Policy));
        Assert.Equal(["context.parameters.must_percent <= 10"], explanation.Findings[0].Conditions.Select(condition => condition.Text));
        Assert.Equal([new FactValue("context.parameters.must_percent", "11")], explanation.Findings[0].Conditions[0].Facts);
        Assert.Equal(3, explanation.Findings[1].Conditions.Length);
        Assert.Equal(
            [
                "The policies denied it.", "No policy permitted it.",
                """The policy "near" (p.cedar:2:1) would have permitted it, but context.parameters.must_percent <= 10 did not hold (context.parameters.must_percent was 11).""",
            ],
            explanation.Sentences.Take(3));
        Assert.Equal("It would have been allowed had the parameter must_percent been 10 instead of 11 (by near).", explanation.Sentences[^1]);
    }

    [Fact]
    public void Where_no_permit_is_about_it_that_is_what_is_said() => Assert.Equal(
        ["The policies denied it.", "No permit was about this workload, action and tool."],
        Explain("""permit (principal in Class::"batch", action, resource); permit (principal, action == Action::"mail.send", resource);""", s_asked).Sentences);

    [Fact]
    public void What_an_approval_would_change_is_said()
    {
        const string Text = """@id("ask") @approvers("sre") @quorum("2") permit (principal, action == Action::"deploy.release", resource) when { context.approved && context.parameters.must_percent < 20 };""";

        var explanation = Explain(Text, s_deploy);

        Assert.Equal(
            [
                "The policies allowed it only with an approval, of 2 of sre.", "No policy permitted it.",
                """The policy "ask" (p.cedar:1:1) would have permitted it, but context.approved did not hold (context.approved was false).""",
                "It would have been allowed had an approver said yes (by ask).",
                "It would have been denied had the parameter must_percent been 20 instead of 11.",
            ],
            explanation.Sentences);
        Assert.Equal(JudgementOutcome.Denied, Assert.Single(Explain(Text, s_deploy with { Approved = true }).NearMisses, miss => miss.Fact == "context.parameters.must_percent").Outcome);
    }

    [Fact]
    public void A_forbid_that_failed_says_which_condition_could_not_be_evaluated()
    {
        var asked = s_asked with { Task = s_asked.Task with { Spent = 1 } };
        var explanation = Explain($"{All} @id(\"odd\") forbid (principal, action, resource) when {{ context.task.depth == 0 && context.task.issued + {long.MaxValue} > 0 }};", asked);

        var odd = Assert.Single(explanation.Findings);
        Assert.Equal(("odd", true, PolicyState.Failed), (odd.Policy, odd.Forbids, odd.State));
        Assert.Equal(PolicyState.Failed, Assert.Single(odd.Conditions).State);
        Assert.Contains("failed, and a forbid that fails denies", explanation.Sentences[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_after_a_test_that_is_not_met_is_not_blamed()
    {
        var explanation = Explain("""permit (principal, action, resource) when { context.parameters has branch && context.parameters.branch == "main" };""",
            s_deploy with { Phase = PolicyPhase.Authorize });

        var missed = Assert.Single(Assert.Single(explanation.Findings).Conditions);
        Assert.Equal("context.parameters has branch", missed.Text);
        Assert.Equal([new FactValue("context.parameters.branch", null)], missed.Facts);
        Assert.Contains("had the parameter branch been \"main\" instead of absent", explanation.Sentences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_open_is_told_and_no_policy_is_blamed()
    {
        var explanation = Explain("""@id("main") permit (principal, action, resource) when { context.parameters has branch && context.parameters.branch == "main" };""",
            s_deploy with { Capability = Make.Capability("deploy", "release", "services/a", ("branch", Make.OneOf("main", "next"))) });

        Assert.Empty(explanation.Findings);
        Assert.Equal(
            [
                "The policies denied it: a policy looks at parameter branch: ask for one value of it.",
                "It would have been allowed had the parameter branch been \"main\" instead of \"main\" or \"next\" (by main).",
            ],
            explanation.Sentences);
    }

    [Theory]
    [InlineData("context.task.history.tools.contains(\"issues\")", "context.task.history.tools.contains(\"issues\")", "true")]
    [InlineData("!context.task.history.tools.isEmpty()", "context.task.history.tools.contains(\"deploy\")", "true")]
    [InlineData("context.task.history.egress", "context.task.history.egress", "true")]
    [InlineData("context.task.history.reads > 3", "context.task.history.reads", "4")]
    [InlineData("context.task.history.privileged == 2", "context.task.history.privileged", "2")]
    [InlineData("context.task.history.by_tool.issues >= 7", "context.task.history.by_tool.issues", "7")]
    [InlineData("context.task.depth > 0", "context.task.depth", "1")]
    [InlineData("context.task.age > duration(\"2h\")", "context.task.age", "2h1ms")]
    [InlineData("context.task.age.toMinutes() > 90", "context.task.age", "1h31m")]
    [InlineData("context.task.age < duration(\"30s\")", "context.task.age", "29s999ms")]
    [InlineData("context.task.issued >= 3", "context.task.issued", "3")]
    [InlineData("context.task.remaining_budget < 4", "context.task.remaining_budget", "3")]
    [InlineData("principal.attested_by == \"x509_peer\"", "principal.attested_by", "\"x509_peer\"")]
    [InlineData("context.path like \"services/b*/main\"", "context.path", "\"services/bx/main\"")]
    [InlineData("context.path != \"services/a\"", "context.path", "\"services/a-other\"")]
    [InlineData("context.parameters.must_canary", "context.parameters.must_canary", "true")]
    [InlineData("context.now < datetime(\"2026-11-20T09:00:00Z\")", "context.now", "datetime(\"2026-11-20T08:59:59.999Z\")")]
    [InlineData("context.now.toTime() > duration(\"18h\")", "context.now", "datetime(\"2026-11-20T18:00:00.001Z\")")]
    [InlineData("context.now.toTime().toHours() >= 18", "context.now", "datetime(\"2026-11-20T18:00:00.000Z\")")]
    public void Each_fact_that_alone_would_have_changed_it_is_found_at_its_nearest_value(string condition, string fact, string other)
    {
        var asked = s_deploy with { Capability = Make.Capability("deploy", "release", "services/a", ("must_canary", Make.Is(false)), ("must_percent", Make.Range(11, 11))) };
        var permit = Assert.Single(Explain($"permit (principal, action == Action::\"deploy.release\", resource) when {{ {condition} }};", asked).NearMisses);
        var forbid = Assert.Single(Explain($"{All} forbid (principal, action == Action::\"deploy.release\", resource) unless {{ {condition} }};", asked).NearMisses);

        Assert.Equal((fact, other, JudgementOutcome.Allowed), (permit.Fact, permit.Other, permit.Outcome));
        Assert.Equal((fact, other, JudgementOutcome.Allowed), (forbid.Fact, forbid.Other, forbid.Outcome));
    }

    [Fact]
    public void Words_of_the_agent_and_the_phase_are_not_among_what_could_be_otherwise() =>
        Assert.Empty(Explain("""permit (principal, action, resource) when { context.task.intent == "x" || context.task.initiator like "*y" || context.phase == "authorize" };""", s_asked).NearMisses);

    [Fact]
    public void However_many_values_there_are_the_policies_are_asked_a_bounded_number_of_times()
    {
        var many = string.Concat(Enumerable.Range(0, 400).Select(i =>
            $"permit (principal, action, resource) when {{ context.task.history.reads == {i * 7 + 5000} && context.task.history.tools.contains(\"t{i}\") && context.task.issued == {i} }};"));

        var explanation = Explain(many, s_mail);

        Assert.Equal((Explaining.MostQuestions, false), (explanation.Asked, explanation.IsComplete));
        Assert.Equal("There were more facts to change than were asked about.", explanation.Sentences[^1]);
        Assert.Equal(5, explanation.Findings.Length);
    }

    [Fact]
    public void Policies_of_another_catalog_explain_nothing()
    {
        var explanation = Explain(All, s_asked with { Workload = Facts.Workload("spiffe://example.org/agents/unknown") });

        Assert.Equal(["The policies denied it: the policies were made for another catalog."], explanation.Sentences);
        Assert.Equal((0, true), (explanation.Asked, explanation.IsComplete));
    }

    private static Explanation Explain(string text, PolicyQuestion asked) => Explaining.Explain(Policed.By(text, s_read, s_send, s_release), asked, s_now);
}
