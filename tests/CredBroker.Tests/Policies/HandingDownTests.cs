using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies;

/// <summary>What the policies of a catalog make of a capability that is handed down.</summary>
public sealed class HandingDownTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    private static readonly ActionRule s_read = Rules.Of("issues", "read") with
    {
        Parameters = Policed.Typed(("must_state", ParameterType.String), ("must_limit", ParameterType.Long), ("must_branch", ParameterType.String), ("must_open", ParameterType.Bool)),
    };

    private static readonly ActionRule s_release = Rules.Of("deploy", "release") with { Risk = RiskClass.Privileged };

    [Fact]
    public void A_capability_is_put_to_the_policies_in_every_combination_of_its_values()
    {
        var cases = HandingDown.CasesOf(Read(("must_state", Make.OneOf("closed", "open")), ("must_limit", Make.Range(1, 9)), ("must_branch", Make.Prefix("feature/")), ("must_open", Make.Is(true))))!;

        Assert.Equal(
            new[] { ("closed", 1), ("closed", 9), ("open", 1), ("open", 9) }.Select(at => Read(
                ("must_state", Make.OneOf(at.Item1)), ("must_limit", Make.Range(at.Item2, at.Item2)), ("must_branch", Make.OneOf("feature/")), ("must_open", Make.Is(true)))).ToHashSet(),
            cases.ToHashSet());
        Assert.Equal([Read()], HandingDown.CasesOf(Read()));
        Assert.Equal([Read(("must_limit", Make.Range(3, 3)))], HandingDown.CasesOf(Read(("must_limit", Make.Range(3, 3)))));
    }

    [Fact]
    public void More_combinations_than_256_are_not_asked_about()
    {
        static ParameterConstraint Texts(int count) => Make.OneOf([.. Enumerable.Range(0, count).Select(i => $"{i}")]);
        Assert.Equal(256, HandingDown.CasesOf(Read(("must_state", Texts(16)), ("must_branch", Texts(16))))!.Count);
        Assert.Null(HandingDown.CasesOf(Read(("must_state", Texts(16)), ("must_branch", Texts(17)))));
        Assert.IsType<HandingDown.TooWide>(Judge("permit (principal, action, resource);", Read(("must_state", Texts(64)), ("must_branch", Texts(64)))));
    }

    [Fact]
    public void It_is_asked_in_a_phase_of_its_own_about_the_text_of_the_path()
    {
        const string Condition = """context.phase == "delegate" && context.path == "acme/**" && context.path like "acme/*" """;
        Assert.Equal(["p.cedar#1"], Allowed(Judge($"permit (principal, action, resource) when {{ {Condition} }};", Read())).Deciding);
        Assert.IsType<HandingDown.Denied>(Judge($"permit (principal, action, resource) unless {{ {Condition} }};", Read()));
        Assert.IsType<HandingDown.Denied>(Judge("""permit (principal, action, resource); forbid (principal, action, resource) when { context.phase == "delegate" };""", Read()));
    }

    [Fact]
    public void One_case_that_is_denied_denies_all_of_it()
    {
        const string Policies = """
            permit (principal, action, resource);
            @id("no-closed") forbid (principal, action == Action::"issues.read", resource) when { context.parameters.must_state == "closed" };
            """;
        Assert.Equal(2, Allowed(Judge(Policies, Read(("must_state", Make.OneOf("new", "open"))))).Cases);
        var denied = Assert.IsType<HandingDown.Denied>(Judge(Policies, Read(("must_state", Make.OneOf("closed", "open")))));
        Assert.Equal(["no-closed"], denied.Judgement.Record.Evaluations[0].Deciding);
    }

    [Fact]
    public void What_needs_an_approval_may_be_handed_down_and_needs_it_all_the_same()
    {
        const string Policies = """@id("human") @approvers("sre") permit (principal, action in Action::"privileged", resource) when { context.approved };""";
        var release = Make.Capability("deploy", "release", "services/*");
        Assert.True(Allowed(Judge(Policies, release)).NeedsApproval);
        Assert.False(Allowed(Judge("permit (principal, action, resource);", release)).NeedsApproval);
        Assert.IsType<HandingDown.Denied>(Judge(Policed.Unprivileged, release));
    }

    private static Capability Read(params (string Name, ParameterConstraint Constraint)[] bounds) => Make.Capability("issues", "read", "acme/**", bounds);

    private static HandingDown.Allowed Allowed(HandingDown outcome) => Assert.IsType<HandingDown.Allowed>(outcome);

    private static HandingDown Judge(string policies, Capability capability) => HandingDown.Judge(
        Policed.By(policies, s_read, s_release),
        new PolicyQuestion
        {
            Phase = PolicyPhase.Delegate, Workload = Facts.Triage, AttestedBy = EvidenceKind.JoinToken, Task = Facts.Task(s_now), Capability = capability,
        }, s_now);
}
