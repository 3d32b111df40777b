using System.Globalization;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Policies.Explanations;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Identity;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies.Explanations;

/// <summary>What holds of every explanation, whatever the policies and the question.</summary>
public sealed class ExplainingPropertyTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 11, 53, 7, 250, TimeSpan.Zero);
    private static readonly string[] s_labels = ["data:public", "data:internal", "data:confidential", "data:secret", "tool:mail", "tool:issues", "egress"];

    // A question mark stands for a small number.
    private static readonly string[] s_conditions =
    [
        "context.approved", "context.task.history.egress", """context.task.history.data.contains("secret")""", """context.task.history.data.containsAny(["confidential", "internal"])""",
        """context.task.history.tools.contains("mail")""", "context.task.history.tools.isEmpty()", "context.task.history.reads > ?", "context.task.history.writes >= ?",
        "context.task.history.privileged == ?", "context.task.history.by_tool.issues < ?", "context.task.history.reads + context.task.history.writes > ?", "context.task.depth == ?",
        """context.task.age > duration("?m")""", "context.task.age.toMinutes() < ?", "context.task.issued <= ?", "context.task.remaining_budget > ?",
        """principal.attested_by == "unix_peer" """, """principal.attested_by != "jwt" """, """context.path like "acme/?*" """, """context.path == "acme/?" """,
        """context.now > datetime("2026-11-20T1?:00:00Z")""", """context.now.toTime() < duration("1?h")""", """context.phase == "mint" """, "resource.egress",
        """context.parameters.must_kind == "k?" """, "context.parameters has limit && context.parameters.limit > ?", "context.parameters has dry && context.parameters.dry",
        "context.task.issued * 2 < ?", """if context.approved then context.task.depth == 0 else context.task.history.reads < ?""",
    ];

    private static readonly ActionRule s_rule = Rules.Of("issues", "close") with
    {
        Risk = RiskClass.Write, Egress = true,
        Parameters = Policed.Typed(("must_kind", ParameterType.String), ("limit", ParameterType.Long), ("dry", ParameterType.Bool)),
    };

    [Fact]
    public void A_near_miss_flips_the_outcome_when_that_fact_alone_is_changed()
    {
        var dice = new Mutations(20261121);
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 600; i++)
        {
            var (text, asked) = (PoliciesOf(dice), QuestionOf(dice));
            var policies = Policed.By(text, s_rule, Rules.Of("mail", "send"));

            var explanation = Explaining.Explain(policies, asked, s_now);

            var was = Explaining.OutcomeOf(Judging.Judge(policies, asked, s_now));
            Assert.Equal(was, Explaining.OutcomeOf(explanation.Judgement));
            Assert.InRange(explanation.Asked, 0, Explaining.MostQuestions);
            Assert.Equal(explanation.NearMisses.Length, explanation.NearMisses.Select(miss => (miss.Fact, miss.Outcome)).Distinct().Count());
            foreach (var miss in explanation.NearMisses)
            {
                var again = Judging.Judge(policies, miss.Question, miss.Now);
                Assert.True(miss.Outcome == Explaining.OutcomeOf(again) && miss.Outcome != was, $"{text}\n{miss}");
                var changed = FactsOf(asked, s_now).Except(FactsOf(miss.Question, miss.Now)).Union(FactsOf(miss.Question, miss.Now).Except(FactsOf(asked, s_now)));
                Assert.True(changed.Select(fact => fact.Name).Distinct(StringComparer.Ordinal).Count() == 1, $"{text}\n{miss}");
                found.Add(miss.Fact);
            }
        }

        // Each kind of fact is found by some sample, or the samples prove nothing of it.
        Assert.Empty(((string[])
            [
                "context.approved", "context.task.history.egress", "context.task.history.data.contains(\"secret\")", "context.task.history.tools.contains(\"mail\")",
                "context.task.history.reads", "context.task.history.writes", "context.task.history.by_tool.issues", "context.task.depth", "context.task.age", "context.task.issued",
                "context.task.remaining_budget", "principal.attested_by", "context.path", "context.now", "context.parameters.must_kind", "context.parameters.limit", "context.parameters.dry",
            ]).Except(found));
    }

    [Fact]
    public void The_policies_that_are_found_to_apply_are_those_that_decided_and_what_is_unmet_is_why_others_did_not()
    {
        var dice = new Mutations(4711);
        var unmet = 0;
        for (var i = 0; i < 600; i++)
        {
            var (text, asked) = (PoliciesOf(dice), QuestionOf(dice));
            var explanation = Explaining.Explain(Policed.By(text, s_rule, Rules.Of("mail", "send")), asked, s_now);
            if (explanation.Judgement.Record.Evaluations is not [var says, ..]) continue;

            var applied = explanation.Findings.Where(finding => finding.State == PolicyState.Applied).Select(finding => finding.Policy).Order(StringComparer.Ordinal);
            Assert.True(applied.SequenceEqual(says.Deciding, StringComparer.Ordinal), $"{text}\n{string.Join('\n', explanation.Sentences)}");
            Assert.All(explanation.Findings.Where(finding => finding.State != PolicyState.Applied), finding => Assert.NotEmpty(finding.Conditions));
            Assert.All(explanation.Findings.SelectMany(finding => finding.Conditions.Where(_ => finding.State == PolicyState.Applied)), condition => Assert.Equal(PolicyState.Applied, condition.State));
            Assert.Equal(explanation.Sentences, Explaining.Explain(Policed.By(text, s_rule, Rules.Of("mail", "send")), asked, s_now).Sentences);
            unmet += explanation.Findings.Count(finding => finding.State == PolicyState.Unmet);
        }

        Assert.InRange(unmet, 100, 5_000);
    }

    private static string PoliciesOf(Mutations dice)
    {
        var text = "";
        for (var count = 1 + dice.Next(5); count > 0; count--)
        {
            var (effect, notes) = dice.Next(3) == 0 ? ("forbid", "") : ("permit", dice.Next(2) == 0 ? "@approvers(\"sre\") " : "");
            var conditions = Enumerable.Range(0, dice.Next(3)).Select(_ => $"{(dice.Next(2) == 0 ? "when" : "unless")} {{ {Condition(dice)}{(dice.Next(2) == 0 ? "" : $" && {Condition(dice)}")}{(dice.Next(3) == 0 ? $" || {Condition(dice)}" : "")} }}");
            text += $"{effect} (principal{(dice.Next(5) == 0 ? " in Class::\"agent\"" : "")}, action == Action::\"issues.close\", resource) {string.Join(' ', conditions)};\n".Insert(0, notes);
        }

        // What names approvers needs a policy that an approval can matter to.
        return text + """forbid (principal in Class::"nobody", action == Action::"issues.close", resource) when { context.approved };""";
    }

    private static string Condition(Mutations dice) =>
        $"({s_conditions[dice.Next(s_conditions.Length)].Replace("?", dice.Next(7).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)})";

    private static PolicyQuestion QuestionOf(Mutations dice)
    {
        List<(string, ParameterConstraint)> bounds = [("must_kind", Make.OneOf($"k{dice.Next(7)}"))];
        if (dice.Next(4) > 0) bounds.Add(("limit", Make.Range(dice.Next(7), 7 + dice.Next(2) - 1)));
        if (dice.Next(4) > 0) bounds.Add(("dry", Make.Is(dice.Next(2) == 0)));
        var phase = (PolicyPhase)(1 + dice.Next(3));
        var spent = dice.Next(7);
        return new()
        {
            Phase = phase, Workload = Facts.Triage, AttestedBy = (EvidenceKind)(1 + dice.Next(4)), Approved = dice.Next(4) == 0,
            Capability = Make.Capability("issues", "close", dice.Next(6) == 0 ? "acme/*" : $"acme/{dice.Next(7)}", [.. bounds]),
            Task = Facts.Task(s_now) with
            {
                Above = [.. Enumerable.Repeat(Facts.Other, dice.Next(3))], CreatedAt = s_now.AddSeconds(-dice.Next(420)), Spent = spent, Budget = spent + dice.Next(7),
                History = [.. s_labels.Where(_ => dice.Next(3) == 0)],
                Granted = new(dice.Next(7), dice.Next(7), dice.Next(7), GrantCounts.None.ByTool.SetItem("issues", dice.Next(7))),
            },
        };
    }

    // Everything that policies could look at; labels of a set are facts by themselves.
    private static HashSet<(string Name, string Value)> FactsOf(PolicyQuestion asked, DateTimeOffset now)
    {
        var task = asked.Task;
        return
        [
            ("approved", $"{asked.Approved}"), ("attested_by", $"{asked.AttestedBy}"), ("phase", $"{asked.Phase}"), ("path", $"{asked.Capability.Resource}"), ("workload", $"{asked.Workload}"),
            ("tool", $"{asked.Capability.Tool}"), ("action", $"{asked.Capability.Action}"), ("intent", task.Intent), ("initiator", task.Initiator),
            ("now", $"{now.ToUnixTimeMilliseconds()}"), ("depth", $"{task.Above.Length}"), ("age", $"{Math.Max(0, (long)(now - task.CreatedAt).TotalMilliseconds)}"),
            ("issued", $"{task.Spent}"), ("remaining_budget", $"{task.Left}"), ("reads", $"{task.Granted.Reads}"), ("writes", $"{task.Granted.Writes}"), ("privileged", $"{task.Granted.Privileged}"),
            .. task.History.Select(label => (label, "there")),
            .. task.Granted.ByTool.Select(count => ($"by_tool {count.Key}", $"{count.Value}")),
            .. asked.Capability.Parameters.Select(bound => ($"parameter {bound.Name}", CapabilityJson.ToText(Make.Capability("a", "b", "c", (bound.Name.ToString(), bound.Constraint))))),
        ];
    }
}
