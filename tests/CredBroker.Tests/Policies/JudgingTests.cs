using CredBroker.Core;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies;

/// <summary>What the policies of a catalog make of one question.</summary>
public sealed class JudgingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    private static readonly ActionRule s_read = Rules.Of("issues", "read") with { Data = DataClass.Confidential, Parameters = Policed.Typed(("branch", ParameterType.String), ("must_state", ParameterType.Bool)) };
    private static readonly ActionRule s_send = Rules.Of("mail", "send") with { Risk = RiskClass.Write, Egress = true };
    private static readonly ActionRule s_release = Rules.Of("deploy", "release") with { Risk = RiskClass.Privileged, Parameters = Policed.Typed(("percent", ParameterType.Long), ("branch", ParameterType.String)) };

    private static readonly PolicyQuestion s_asked = new()
    {
        Phase = PolicyPhase.Mint, Workload = Facts.Triage, AttestedBy = EvidenceKind.JoinToken, Task = Facts.Task(s_now), Capability = Read(),
    };

    [Fact]
    public void Without_a_permit_that_matches_the_answer_is_no_and_nobody_decided()
    {
        AssertDenied(Reason.PolicyDenied, Judge("""permit (principal, action in Action::"write", resource);"""), []);
        AssertDenied(Reason.PolicyDenied, Judge("""permit (principal in Class::"batch", action, resource);"""), []);
        AssertDenied(Reason.PolicyDenied, Judging.Judge(CatalogPolicies.None, s_asked, s_now), null);
        Assert.Equal(["p.cedar#1"], Allowed("permit (principal, action, resource);").Record.Evaluations.Single().Deciding);
    }

    [Fact]
    public void A_forbid_that_matches_ends_the_matter_and_is_named() => AssertDenied(
        Reason.PolicyDenied,
        Judge("""permit (principal, action, resource); @id("no") forbid (principal, action in Action::"read", resource) when { resource.data == "confidential" };"""), ["no"]);

    [Theory]
    [InlineData("""principal == Workload::"triage" """)]
    [InlineData("""principal in Class::"agent" && principal.owner == "team-support" && principal.trust_domain == "example.org" """)]
    [InlineData("""principal.attested_by == "join_token" """)]
    [InlineData("""action == Action::"issues.read" && action in Action::"read" && !(action in Action::"egress")""")]
    [InlineData("""resource == Tool::"issues" && resource.audience == "https://issues.example.org" && resource.data == "confidential" && !resource.egress""")]
    [InlineData("""context.phase == "mint" && !context.approved""")]
    [InlineData("""context.path == "acme/api" && context.path like "acme/*" """)]
    [InlineData("""context.now == datetime("2026-11-20T11:53:00Z")""")]
    [InlineData("""context.task.intent == "triage the issues" && context.task.initiator == "user:alice@example.org" """)]
    [InlineData("""context.task.depth == 0 && context.task.age == duration("1m") && context.task.issued == 0 && context.task.remaining_budget == 10""")]
    [InlineData("""context.task.history.data.isEmpty() && context.task.history.tools.isEmpty() && !context.task.history.egress""")]
    [InlineData("""context.task.history.reads == 0 && context.task.history.writes == 0 && context.task.history.privileged == 0""")]
    [InlineData("""context.task.history.by_tool.issues == 0 && context.task.history.by_tool["mail"] == 0""")]
    public void Policies_see_what_the_schema_says(string condition)
    {
        Assert.IsType<Judgement.Allowed>(Judge($"permit (principal, action, resource) when {{ {condition} }};"));
        Assert.IsType<Judgement.Denied>(Judge($"permit (principal, action, resource) unless {{ {condition} }};"));
    }

    [Fact]
    public void Parameters_are_seen_as_the_values_that_are_asked_for()
    {
        const string Text = """
            permit (principal, action, resource) when {
              context.parameters has branch && context.parameters.branch == "main" && context.parameters has percent && context.parameters.percent == 7 };
            """;
        var asked = s_asked with { Capability = Make.Capability("deploy", "release", "services/a", ("branch", Make.OneOf("main")), ("percent", Make.Range(7, 7))) };

        Assert.IsType<Judgement.Allowed>(Judge(Text, asked));
        Assert.IsType<Judgement.Denied>(Judge(Text, asked with
        {
            Capability = Make.Capability("deploy", "release", "services/a", ("branch", Make.OneOf("main")), ("percent", Make.Range(7, 8))),
        }));
    }

    [Fact]
    public void History_is_seen_as_sets_and_counts()
    {
        var task = s_asked.Task with
        {
            History = ["data:secret", "data:public", "tool:issues", "risk:read", "egress"], Spent = 4, Above = [Facts.Other],
            Granted = new(3, 2, 1, GrantCounts.None.ByTool.Add("issues", 5)),
        };
        Allowed(
            """
            permit (principal, action, resource) when {
              context.task.history.data == ["public", "secret"] && context.task.history.tools == ["issues"] && context.task.history.egress
              && context.task.history.reads == 3 && context.task.history.writes == 2 && context.task.history.privileged == 1
              && context.task.history.by_tool.issues == 5 && context.task.history.by_tool.mail == 0
              && context.task.issued == 4 && context.task.remaining_budget == 6 && context.task.depth == 1 };
            """, s_asked with { Task = task });
    }

    [Fact]
    public void After_reading_what_is_confidential_nothing_can_carry_data_out()
    {
        const string Text = """
            permit (principal, action, resource);
            @id("no-egress") forbid (principal, action in Action::"egress", resource) when { context.task.history.data.containsAny(["confidential", "secret"]) };
            """;
        var send = s_asked with { Capability = Make.Capability("mail", "send", "outbox/1") };
        var tainted = s_asked.Task with { History = ["data:confidential"] };

        Allowed(Text, send);
        AssertDenied(Reason.PolicyDenied, Judge(Text, send with { Task = tainted }), ["no-egress"]);
        Allowed(Text, s_asked with { Task = tainted });
    }

    [Fact]
    public void A_forbid_that_fails_denies_and_a_permit_that_fails_does_not_permit()
    {
        var failing = $"context.task.issued + {long.MaxValue} > 0";
        var asked = s_asked with { Task = s_asked.Task with { Spent = 1 } };

        var denied = Judge($"permit (principal, action, resource); forbid (principal, action, resource) when {{ {failing} }};", asked);
        AssertDenied(Reason.PolicyFailed, denied, []);
        Assert.StartsWith("p.cedar#2: p.cedar:1:", Assert.Single(denied.Record.Evaluations.Single().Errors), StringComparison.Ordinal);

        Assert.Single(Allowed($"permit (principal, action, resource); permit (principal, action, resource) when {{ {failing} }};", asked).Record.Evaluations.Single().Errors);
        AssertDenied(Reason.PolicyDenied, Judge($"permit (principal, action, resource) when {{ {failing} }};", asked), []);
    }

    [Fact]
    public void What_an_approval_would_make_the_difference_for_needs_one()
    {
        const string Text = """
            @id("humans") @approvers("sre") @quorum("2") @max_ttl("60s") @obligation("log it")
            permit (principal, action in Action::"privileged", resource) when { context.approved };
            """;
        var release = s_asked with { Capability = Make.Capability("deploy", "release", "services/a") };

        var needed = Assert.IsType<Judgement.NeedsApproval>(Judge(Text, release));
        Assert.Equal(("sre", 2), (Assert.Single(needed.Approvers).ToString(), needed.Quorum));
        Assert.Equal(new() { MaxTimeToLive = TimeSpan.FromSeconds(60), Obligations = ["log it"] }, needed.Terms);
        Assert.Equal([(false, false), (true, true)], needed.Record.Evaluations.Select(evaluation => (evaluation.Approved, evaluation.Allows)));
        Assert.Equal([[], ["humans"]], needed.Record.Evaluations.Select(evaluation => evaluation.Deciding.ToArray()));

        var approved = Assert.IsType<Judgement.Allowed>(Judge(Text, release with { Approved = true }));
        Assert.Equal(needed.Terms, approved.Terms);
        Assert.True(Assert.Single(approved.Record.Evaluations).Approved);
        Assert.Equal([false, true], Judge(Text).Record.Evaluations.Select(evaluation => evaluation.Approved));
        AssertDenied(Reason.PolicyDenied, Judge(Text), []);
    }

    [Fact]
    public void An_approval_that_nobody_may_give_is_no_way_out()
    {
        AssertDenied(Reason.PolicyDenied, Judge("permit (principal, action, resource) when { context.approved };"), []);
        AssertDenied(Reason.PolicyDenied, Judge("""
            @approvers("sre") permit (principal, action, resource) when { context.approved };
            @approvers("security") permit (principal, action, resource) when { context.approved };
            """), []);
        // Of those whom one names, the ones that all accept.
        var needed = Assert.IsType<Judgement.NeedsApproval>(Judge("""
            @approvers("sre,security") permit (principal, action, resource) when { context.approved };
            @approvers("security, owners") @quorum("2") permit (principal, action, resource) when { context.approved };
            permit (principal, action, resource) when { context.approved };
            """));
        Assert.Equal(("security", 2), (Assert.Single(needed.Approvers).ToString(), needed.Quorum));
    }

    [Fact]
    public void A_forbid_can_be_lifted_by_an_approval_that_a_permit_names_somebody_for()
    {
        const string Text = """
            @approvers("sre") permit (principal, action, resource);
            @id("main") forbid (principal, action, resource) when { context.parameters has branch && context.parameters.branch == "main" } unless { context.approved };
            """;
        Assert.IsType<Judgement.Allowed>(Judge(Text, s_asked with { Capability = Read(("branch", Make.OneOf("dev"))) }));
        var needed = Assert.IsType<Judgement.NeedsApproval>(Judge(Text, s_asked with { Capability = Read(("branch", Make.OneOf("main"))) }));
        Assert.Equal(["main"], needed.Record.Evaluations[0].Deciding);
        Assert.Equal(["p.cedar#1"], needed.Record.Evaluations[1].Deciding);
    }

    [Fact]
    public void Of_the_permits_that_decide_the_strictest_terms_hold_and_of_no_others()
    {
        var terms = Allowed("""
            permit (principal, action, resource);
            @max_ttl("90s") @obligation("b") permit (principal, action, resource);
            @max_ttl("1m") @single_use @obligation("a") permit (principal, action, resource);
            @max_ttl("2m") @obligation("a") permit (principal, action, resource);
            @max_ttl("1s") @obligation("c") permit (principal in Class::"batch", action, resource);
            """).Terms;
        Assert.Equal((TimeSpan.FromMinutes(1), true), (terms.MaxTimeToLive, terms.SingleUse));
        Assert.Equal(["b", "a"], terms.Obligations);
        Assert.Equal(PolicyTerms.None, Allowed("permit (principal, action, resource);").Terms);
    }

    [Fact]
    public void What_a_request_leaves_open_is_never_taken_for_absent()
    {
        const string Permit = "permit (principal, action, resource);";
        const string NotMain = Permit + """forbid (principal, action, resource) when { context.parameters has branch && context.parameters.branch == "main" };""";
        Allowed(NotMain, s_asked with { Capability = Read(("branch", Make.OneOf("dev"))) });
        foreach (var open in new[] { Read(), Read(("branch", Make.OneOf("dev", "main"))), Read(("branch", Make.Prefix("ma"))) })
        {
            var denied = Assert.IsType<Judgement.Denied>(Judge(NotMain, s_asked with { Capability = open }));
            Assert.Equal((Reason.PolicyDenied, "a policy looks at parameter branch: ask for one value of it"), (denied.Reason, denied.Detail));
        }

        // A policy about others asks nothing of this workload, and one that looks at nothing leaves all open.
        Allowed(NotMain.Replace("forbid (principal,", """forbid (principal in Class::"batch",""", StringComparison.Ordinal));
        Allowed(Permit, s_asked with { Capability = Make.Capability("issues", "read", "acme/**") });
    }

    [Fact]
    public void A_path_or_a_bounded_parameter_that_is_left_open_has_no_value()
    {
        var all = s_asked with { Capability = Make.Capability("issues", "read", "acme/**") };
        const string Permit = "permit (principal, action, resource);";
        // A forbid that needs the value denies, for the request may reach what it forbids; a permit that needs it does not permit.
        AssertDenied(Reason.PolicyDenied, Judge(Permit + """forbid (principal, action, resource) when { context.path like "acme/secret/*" };""", all), []);
        AssertDenied(Reason.PolicyDenied, Judge("""permit (principal, action, resource) when { context.path like "acme/*" };""", all), []);
        AssertDenied(Reason.PolicyDenied, Judge(Permit + """forbid (principal, action == Action::"issues.read", resource) when { context.parameters.must_state };"""), []);
        Allowed(Permit + """forbid (principal, action == Action::"issues.read", resource) when { context.parameters.must_state };""",
            s_asked with { Capability = Read(("must_state", Make.Is(false))) });
        Allowed(Permit + """forbid (principal, action, resource) when { context.phase == "delegate" && context.path == "x" };""", all);
        // Asked whether it is there, it would seem absent.
        Assert.Contains("the path", Assert.IsType<Judgement.Denied>(Judge(Permit + "forbid (principal, action, resource) when { context has path };", all)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workload_or_action_that_the_policies_do_not_know_is_a_bug_and_denied()
    {
        AssertDenied(Reason.PolicyFailed, Judge("permit (principal, action, resource);", s_asked with { Workload = Facts.Workload("spiffe://example.org/stranger") }), null);
        AssertDenied(Reason.PolicyFailed, Judge("permit (principal, action, resource);", s_asked with { Capability = Make.Capability("issues", "burn", "x") }), null);
    }

    private static Capability Read(params (string, ParameterConstraint)[] bounds) => Make.Capability("issues", "read", "acme/api", bounds);

    private static Judgement Judge(string text, PolicyQuestion? asked = null) =>
        Judging.Judge(Policed.By(text, s_read, s_send, s_release), asked ?? s_asked, s_now);

    private static Judgement.Allowed Allowed(string text, PolicyQuestion? asked = null) => Assert.IsType<Judgement.Allowed>(Judge(text, asked));

    private static void AssertDenied(Reason reason, Judgement judgement, string[]? deciding)
    {
        Assert.Equal(reason, Assert.IsType<Judgement.Denied>(judgement).Reason);
        Assert.Equal(deciding, judgement.Record.Evaluations is [var first, ..] ? first.Deciding.ToArray() : null);
    }
}
