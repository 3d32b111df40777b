using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Testing;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Policies.Testing;

/// <summary>Files of example requests are read as strictly as a catalog.</summary>
public sealed class PolicyTestReaderTests
{
    private const char Mark = '§';

    private const string Good = """
        defaults: { workload: agent }
        cases:
          - name: a
            phase: delegate
            to: helper
            attested_by: jwt
            tool: tickets
            action: read
            resource: acme/support/*
            parameters: { state: { one_of: [open, closed] }, page: { min: 1, max: 9 }, mine: true }
            now: 2026-11-20
            task:
              intent: x
              initiator: user:y
              above: [agent]
              age: 3m
              issued: 1
              remaining_budget: 2
              envelope: [{ tool: tickets, action: read, resource: acme/** }, { tool: mail, action: send, resource: customers/* }]
              history: { data: [public, internal], tools: [mail], egress: true, reads: 1, writes: 2, privileged: 3, by_tool: { mail: 1 } }
            expect: { outcome: deny, by: [all], reason: NOT_ALLOWED_ABOVE }
          - name: b
            tool: mail
            action: send
            resource: customers/1
            approved: true
            expect: { outcome: allow, max_ttl: 1m, single_use: false, obligations: [x] }
          - name: c
            tool: mail
            action: send
            resource: customers/1
            expect: { outcome: approval required, approvers: [sre], quorum: 2 }
        """;

    // What stands between the name of a case and its expectation, where it matters only that it is right.
    private const string Ask = "workload: agent\ntool: mail\naction: send\nresource: customers/1\n";

    [Theory]
    [InlineData("§casess: []\n", "unknown key \"casess\" in the file; expected defaults or cases; did you mean \"cases\"?")]
    [InlineData("cases: §[]\n", "\"cases\" is an empty list; expected at least one item")]
    [InlineData("§defaults: {workload: agent}\n", "\"cases\" is missing in the file")]
    [InlineData("cases:\n  - §nam: a\n    workload: agent\n    tool: mail\n    action: send\n    resource: customers/1\n    expect: allow\n", "did you mean \"name\"?")]
    [InlineData("cases: §{}\n", "\"cases\" is a mapping; expected a list, each item a case")]
    [InlineData("cases: [{}]\ncases: []§", null)]
    [InlineData("defaults: { workload: §agnt }\ncases:\n  - { name: a, tool: mail, action: send, resource: customers/1, expect: allow }\n  - { name: b, tool: mail, action: send, resource: customers/1, expect: allow }\n",
        "the catalog has no workload \"agnt\"; did you mean \"agent\"?")]
    public void Mistakes_of_a_file_are_told_with_their_place_once(string text, string? says)
    {
        if (says is null) Assert.NotEmpty(Problems(text.Replace($"{Mark}", "", StringComparison.Ordinal)));
        else AssertProblem(text, says);
    }

    [Theory]
    [InlineData("workload: §nobody\ntool: mail\naction: send\nresource: customers/1\nexpect: allow", "the catalog has no workload \"nobody\"")]
    [InlineData("workload: agent\ntool: §mial\naction: send\nresource: customers/1\nexpect: allow", "the catalog has no tool \"mial\"; did you mean \"mail\"?")]
    [InlineData("workload: agent\ntool: mail\naction: §sent\nresource: customers/1\nexpect: allow", "tool \"mail\" has no action \"sent\"; did you mean \"send\"?")]
    [InlineData("workload: agent\ntool: mail\naction: send\nresource: §/x\nexpect: allow", "\"resource\" is \"/x\"; expected a resource path")]
    [InlineData(Ask + "parameters: { §to: x }\nexpect: allow", "action \"mail.send\" has no parameter \"to\"")]
    [InlineData("workload: agent\ntool: tickets\naction: read\nresource: a/b\nparameters: { page: §x }\nexpect: allow", "parameter \"page\" is x; expected a whole number")]
    [InlineData("workload: agent\ntool: tickets\naction: read\nresource: a/b\nparameters: { page: §{ prefix: x } }\nexpect: allow", "parameter \"page\" is of the type long")]
    [InlineData(Ask + "phase: §mnt\nexpect: allow", "\"phase\" is mnt; expected mint, authorize or delegate; did you mean \"mint\"?")]
    [InlineData(Ask + "attested_by: §dna\nexpect: allow", "\"attested_by\" is dna; expected unix_peer, jwt, x509_peer or join_token")]
    [InlineData(Ask + "now: §noon\nexpect: allow", "\"now\" is \"noon\"; expected a moment")]
    [InlineData(Ask + "now: §1999-12-31\nexpect: allow", "expected a moment of the years 2000 to 2999")]
    [InlineData(Ask + "§to: helper\nexpect: allow", "\"to\" says nothing where nothing is handed down; expected phase: delegate")]
    [InlineData(Ask + "phase: delegate\nto: helper\n§approved: true\nexpect: allow", "\"approved\" says nothing where something is handed down: approvers say yes to a mint, and with it to its calls; expected phase: mint, or authorize")]
    [InlineData(Ask + "task: { §depth: 1, above: [agent] }\nexpect: allow", "\"depth\" and \"above\" say the same")]
    [InlineData(Ask + "task: { above: [§nobody] }\nexpect: allow", "the catalog has no workload \"nobody\"")]
    [InlineData(Ask + "task: { age: §0s }\nexpect: allow", "\"age\" is 0s; expected a length of time from 1s")]
    [InlineData(Ask + "task: { history: { data: [§hidden] } }\nexpect: allow", "expected public, internal, confidential or secret")]
    [InlineData(Ask + "task: { history: { tools: [§mial] } }\nexpect: allow", "the catalog has no tool \"mial\"; did you mean \"mail\"?")]
    [InlineData(Ask + "task: { history: { by_tool: { §mial: 1 } } }\nexpect: allow", "the catalog has no tool \"mial\"; did you mean \"mail\"?")]
    [InlineData(Ask + "task: { history: { reads: §-1 } }\nexpect: allow", "\"reads\" is -1")]
    [InlineData(Ask + "task: { envelope: [{ tool: mail, action: send, resource: x }, §{ tool: mail, action: send, resource: x }] }\nexpect: allow", "the capability is already given")]
    [InlineData(Ask + "expect: §perhaps", "\"expect\" is perhaps; expected allow, deny or approval required")]
    [InlineData(Ask + "expect: { outcome: deny, by: [§al] }", "the catalog has no policy \"al\"; did you mean \"all\"?")]
    [InlineData(Ask + "expect: { outcome: deny, by: [all, §all] }", "a policy \"all\" is already given")]
    [InlineData(Ask + "expect: { outcome: deny, reason: §BUDGET_SPEND }", "there is no reason \"BUDGET_SPEND\"; did you mean \"BUDGET_SPENT\"?")]
    [InlineData(Ask + "expect: { outcome: allow, §reason: BUDGET_SPENT }", "\"reason\" says nothing of this answer; expected outcome: deny")]
    [InlineData(Ask + "expect: { outcome: allow, §approvers: [sre] }", "\"approvers\" says nothing of this answer")]
    [InlineData(Ask + "expect: { outcome: approval required, approvers: [§srr] }", "the catalog has no approver group \"srr\"; did you mean \"sre\"?")]
    [InlineData(Ask + "phase: authorize\nexpect: { outcome: allow, §max_ttl: 1m }", "\"max_ttl\" says nothing of this answer")]
    [InlineData(Ask + "expect: { outcome: deny, §single_use: true }", "\"single_use\" says nothing of this answer")]
    [InlineData(Ask + "phase: delegate\nto: agent\nexpect: { outcome: allow, §obligations: [] }", "\"obligations\" says nothing of this answer")]
    [InlineData(Ask + "expect: allow\n§expct: deny", "unknown key \"expct\" in a case")]
    [InlineData(Ask + "expect: allow\n§expect: deny", "\"expect\" is already given")]
    public void Mistakes_of_a_case_are_told_with_their_place(string keys, string says) => AssertProblem($"cases:\n  - name: one\n{Tested.Indented(keys)}", says);

    [Fact]
    public void A_call_is_of_one_resource_with_one_value_to_each_parameter()
    {
        AssertProblem("cases:\n  - §{ name: a, phase: authorize, workload: agent, tool: mail, action: send, resource: customers/*, expect: allow }\n", "a call is of one resource");
        AssertProblem(
            "cases:\n  - §{ name: a, phase: authorize, workload: agent, tool: tickets, action: read, resource: acme/1, parameters: { state: { one_of: [open, closed] } }, expect: allow }\n",
            "a call is of one resource");
    }

    [Fact]
    public void No_two_cases_of_a_file_have_the_same_name() => AssertProblem(
        "defaults: { workload: agent, tool: mail, action: send, resource: customers/1 }\ncases:\n  - { name: a, expect: allow }\n  - { name: §a, expect: deny }\n",
        "case \"a\" is already given on line 3");

    [Fact]
    public void Everything_that_can_be_said_is_read()
    {
        Assert.True(PolicyTestReader.TryRead([("p.test.yaml", Tested.Bytes(Good))], Tested.Catalog(), out var cases, out var problems), string.Join('\n', problems));
        Assert.Equal(["a", "b", "c"], cases.Select(one => one.Name));
        Assert.Equal(new SourcePosition("p.test.yaml", 3, 5), cases[0].At);
    }

    [Fact]
    public void Whatever_the_input_there_are_cases_or_errors_with_their_place_and_never_an_exception()
    {
        var damage = new Mutations(20261121);
        var catalog = Tested.Catalog();
        var (good, bad) = (0, 0);
        for (var i = 0; i < 3_000; i++)
        {
            var lines = Good.Split('\n');
            var content = (i % 4) switch
            {
                0 => damage.DamageBytes(Tested.Bytes(Good)),
                1 => Tested.Bytes(string.Join('\n', lines.Where((_, line) => line != i % lines.Length))),
                2 => Encoding.UTF8.GetBytes(damage.Damage(Good)),
                _ => Encoding.UTF8.GetBytes(damage.Random(200)),
            };
            if (PolicyTestReader.TryRead([("p.test.yaml", content)], catalog, out var cases, out var problems))
            {
                good++;
                Assert.All(cases, test => Assert.Equal(PolicyTesting.Run(test, catalog).Differences, PolicyTesting.Run(test, catalog).Differences));
            }
            else
            {
                bad++;
                Assert.InRange(problems.Count, 1, 101);
                Assert.All(problems, problem => Assert.True(problem.At is { File: "p.test.yaml", Line: >= 1, Column: >= 1 }, problem.ToString()));
                Assert.All(problems, problem => Assert.DoesNotContain(problem.ToString(), char.IsControl));
            }
        }

        // Neither all refused nor all let through: the damage reaches both sides of the reader.
        Assert.InRange(good, 100, 2_000);
        Assert.InRange(bad, 1_000, 2_950);
    }

    private static void AssertProblem(string marked, string says)
    {
        var at = marked.IndexOf(Mark, StringComparison.Ordinal);
        var before = marked[..at];
        var problems = Problems(marked.Remove(at, 1));
        var shown = string.Join('\n', problems);
        Assert.True(problems.Count == 1, shown);
        Assert.Equal(new SourcePosition("p.test.yaml", before.Count(c => c == '\n') + 1, at - before.LastIndexOf('\n')), problems[0].At);
        Assert.Contains(says, problems[0].Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<CatalogError> Problems(string text)
    {
        Assert.False(PolicyTestReader.TryRead([("p.test.yaml", Tested.Bytes(text))], Tested.Catalog(), out var cases, out var problems));
        Assert.Empty(cases);
        return problems;
    }
}
