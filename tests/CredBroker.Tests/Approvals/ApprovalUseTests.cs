using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;
using static CredBroker.Tests.Approvals.Ballots;

namespace CredBroker.Tests.Approvals;

/// <summary>What an approval is good for.</summary>
public sealed class ApprovalUseTests
{
    private const string Humans = """@approvers("sre") @max_ttl("30s") permit (principal, action, resource) when { context.approved };""";

    private static readonly MintAsk Ask = Mints.Ask with { Approval = Given.Id };
    private static readonly MintFacts Known = Mints.Known.With(Humans);

    [Fact]
    public void What_was_approved_is_granted_on_the_terms_of_the_policy_and_names_its_approval()
    {
        var grant = Assert.IsType<MintDecision.Approved>(Decide(Given)).Grant;

        Assert.Equal(Given.Id, grant.Approval);
        Assert.Equal(Deadlines.ToSeconds(Mints.Now.AddSeconds(30)), grant.ExpiresAt);
        Assert.True(grant.Policy!.Judgement.Record.Evaluations.Single().Approved);
    }

    [Fact]
    public void Without_one_an_approval_is_needed_from_whom_the_policy_names()
    {
        var needed = Assert.IsType<MintDecision.NeedsApproval>(Minting.Decide(Mints.Ask, Known, Mints.Now));

        Assert.Equal([Policed.Name("sre")], needed.Judgement.Approvers);
        Assert.Equal(Given.Digest, needed.CapabilityDigest);
    }

    [Fact]
    public void It_is_good_for_that_workload_that_task_and_that_capability()
    {
        Assert.Equal(Reason.UnknownApproval, ReasonOf(null));
        Assert.Equal(Reason.NotYourApproval, ReasonOf(Given with { Workload = Facts.Other }));
        Assert.Equal(Reason.ApprovalForOther, ReasonOf(Given with { Task = TaskId.New(Mints.Now) }));
        Assert.Equal(Reason.ApprovalForOther, ReasonOf(Given, Ask with { Capability = Make.Capability("github.issues", "read", "acme/api/7") }));
        Assert.Equal(Reason.ApprovalForOther, ReasonOf(Given, Ask with { Capability = Make.Capability("github.issues", "read", "acme/**") }));
        Assert.Equal(Reason.ApprovalForOther, ReasonOf(Given with { Digest = new byte[32] }));
        Assert.Equal(Reason.ApprovalForOther, ReasonOf(Given with { Digest = [] }));
    }

    [Theory]
    [InlineData(ApprovalState.Pending, Reason.ApprovalNotGiven)]
    [InlineData(ApprovalState.Denied, Reason.ApprovalOver)]
    [InlineData(ApprovalState.Expired, Reason.ApprovalOver)]
    [InlineData(ApprovalState.Used, Reason.ApprovalOver)]
    [InlineData(ApprovalState.Cancelled, Reason.ApprovalOver)]
    [InlineData(ApprovalState.Unspecified, Reason.ApprovalOver)]
    public void It_is_good_only_while_it_is_approved(ApprovalState state, Reason expected) => Assert.Equal(expected, ReasonOf(Given with { State = state }));

    [Fact]
    public void The_policies_of_now_say_whether_it_may_be_used_and_who_has_to_have_approved()
    {
        var now = Known.With(Humans + "forbid (principal, action, resource);");
        Assert.Equal(Reason.PolicyDenied, ReasonOf(Given, facts: now));

        var others = Known.With(Humans.Replace("sre", "security", StringComparison.Ordinal));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, facts: others));
        Assert.Null(ReasonOf(Given with { Votes = [Yes("ada"), Yes("eve")] }, facts: others));

        var two = Known.With("""@quorum("2") """ + Humans);
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, facts: two));
        Assert.Null(ReasonOf(Given with { Votes = [Yes("ada"), Yes("bob")] }, facts: two));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given with { Votes = [Yes("ada"), Yes("eve")] }, facts: two));
    }

    [Fact]
    public void The_catalog_of_now_says_whose_vote_counts_and_how_many_it_takes()
    {
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, catalog: InForce(People, [("sre", ["bob"])])));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, catalog: InForce(People, [])));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, catalog: InForce(Person("bob"))));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, catalog: InForce(Person("ada") with { Roles = AdminRoles.Viewer })));

        var quorum = new ApprovalSettings { Quorum = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(Policed.Name("sre"), 2)]) };
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, catalog: InForce(People, [("sre", ["ada", "bob"])], quorum)));
    }

    [Fact]
    public void A_no_is_no_yes() =>
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given with { Votes = [new(Policed.Name("ada"), false)] }));

    [Fact]
    public void What_needs_none_any_more_is_granted_with_the_one_that_was_given()
    {
        var free = Known.With(Policed.Unprivileged);

        Assert.Null(ReasonOf(Given, facts: free));
        Assert.Equal(Reason.ApprovalNotEnough, ReasonOf(Given, facts: free, catalog: InForce(Person("bob"))));
        Assert.Equal(Reason.ApprovalNotGiven, ReasonOf(Pending, facts: free));
    }

    [Fact]
    public void Whatever_else_stands_against_a_mint_comes_first()
    {
        Assert.Equal(Reason.TaskOver, ReasonOf(Given, facts: Known with { Task = Mints.Live with { Deadline = Mints.Now } }));
        Assert.Equal(Reason.BudgetSpent, ReasonOf(Given, facts: Known with { Task = Mints.Live with { Spent = 10 } }));
        Assert.Equal(Reason.NotYourTask, ReasonOf(null, Ask with { Workload = Facts.Other }));
        Assert.Equal(Reason.ResourceOutsideEnvelope, ReasonOf(null, Ask with { Capability = Make.Capability("github.issues", "read", "other/api") },
            Known with { Allowed = new([Make.Capability("github.issues", "read", "**")]) }));
    }

    private static MintDecision Decide(ApprovalFacts? approval, MintAsk? ask = null, MintFacts? facts = null, BrokerCatalog? catalog = null) =>
        ApprovalUse.Decide(ask ?? Ask, facts ?? Known, approval, catalog ?? InForce(People), Mints.Now);

    private static Reason? ReasonOf(ApprovalFacts? approval, MintAsk? ask = null, MintFacts? facts = null, BrokerCatalog? catalog = null) =>
        Decide(approval, ask, facts, catalog) is MintDecision.Denied(var refusal) ? refusal.Reason : null;
}
