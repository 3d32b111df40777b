using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;
using static CredBroker.Tests.Approvals.Ballots;

namespace CredBroker.Tests.Approvals;

/// <summary>Whose vote counts, and what the approval is with it.</summary>
public sealed class VotingTests
{
    [Fact]
    public void A_vote_of_the_group_counts_and_decides_when_one_is_enough()
    {
        Assert.Equal(new VoteDecision.Counted(Policed.Name("ada"), ApprovalState.Approved), Voting.Decide(By("ada"), On(Pending)));
        Assert.Equal(new VoteDecision.Counted(Policed.Name("ada"), ApprovalState.Denied), Voting.Decide(By("ada", approves: false), On(Pending)));
    }

    [Theory]
    [InlineData("eve")]          // of another group
    [InlineData("mallory")]      // nobody of the catalog
    [InlineData("uid:0")]        // the user that runs the broker: no name of the catalog
    [InlineData("")]
    public void Nobody_else_decides(string name) => Assert.Equal(Reason.NotAnApprover, ReasonOf(By(name), On(Pending)));

    [Fact]
    public void A_member_that_lost_the_role_does_not_decide() =>
        Assert.Equal(Reason.NotAnApprover, ReasonOf(By("ada"), On(Pending, InForce(Person("ada") with { Roles = AdminRoles.Viewer | AdminRoles.Operator }))));

    [Fact]
    public void Any_of_several_groups_decides()
    {
        var either = On(Pending with { Groups = [Policed.Name("sre"), Policed.Name("security")] });

        foreach (var person in People) Assert.Null(ReasonOf(By(person.Name.ToString()), either));
    }

    [Theory]
    [InlineData(ApprovalState.Approved)]
    [InlineData(ApprovalState.Denied)]
    [InlineData(ApprovalState.Expired)]
    [InlineData(ApprovalState.Used)]
    [InlineData(ApprovalState.Cancelled)]
    public void What_is_over_is_not_decided_any_more(ApprovalState state) =>
        Assert.Equal(Reason.ApprovalOver, ReasonOf(By("ada"), On(Pending with { State = state })));

    [Fact]
    public void A_quorum_takes_different_people_and_one_no_ends_it()
    {
        var two = Pending with { Quorum = 2 };
        var begun = two with { Votes = [Yes("ada")] };

        Assert.Equal(ApprovalState.Pending, Assert.IsType<VoteDecision.Counted>(Voting.Decide(By("ada"), On(two))).After);
        Assert.Equal(Reason.AlreadyVoted, ReasonOf(By("ada"), On(begun)));
        Assert.Equal(Reason.AlreadyVoted, ReasonOf(By("ada", approves: false), On(begun)));
        Assert.Equal(ApprovalState.Approved, Assert.IsType<VoteDecision.Counted>(Voting.Decide(By("bob"), On(begun))).After);
        Assert.Equal(ApprovalState.Denied, Assert.IsType<VoteDecision.Counted>(Voting.Decide(By("bob", approves: false), On(begun))).After);
    }

    [Fact]
    public void Whoever_left_the_group_after_its_vote_is_not_of_the_quorum()
    {
        var begun = Pending with { Quorum = 2, Votes = [Yes("ada")] };
        var without = InForce(People, [("sre", ["bob", "eve"])]);

        Assert.Equal(ApprovalState.Pending, Assert.IsType<VoteDecision.Counted>(Voting.Decide(By("bob"), On(begun, without))).After);
        var both = begun with { Votes = [Yes("ada"), Yes("bob")] };
        Assert.Equal(ApprovalState.Approved, Assert.IsType<VoteDecision.Counted>(Voting.Decide(By("eve"), On(both, without))).After);
    }

    [Fact]
    public void Nobody_decides_on_whose_behalf_any_task_of_the_chain_runs()
    {
        var alice = Person("ada") with { Initiators = ["user:root@example.org", Mints.Live.Initiator] };
        var own = new ChainLink(Facts.Triage, Mints.Live.Initiator);
        var others = new ChainLink(Facts.Other, "user:carol@example.org");

        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, InForce(alice), own)));
        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, InForce(alice), others, own)));
        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, InForce(alice), own, others)));
        Assert.Null(ReasonOf(By("ada"), On(Pending, InForce(alice), others)));
        // A name that only looks alike is another one.
        Assert.Null(ReasonOf(By("ada"), On(Pending, InForce(alice), new ChainLink(Facts.Triage, Mints.Live.Initiator.ToUpperInvariant()))));
    }

    [Fact]
    public void Nobody_decides_for_the_workloads_of_its_own_team_anywhere_in_the_chain()
    {
        var owner = Person("ada") with { Teams = ["team-support"] };   // of both workloads: Policed
        var strange = new ChainLink(Facts.Workload("spiffe://example.org/agents/gone"), "user:carol@example.org");

        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, InForce(owner))));
        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, InForce(owner), strange, new ChainLink(Facts.Other, "user:carol@example.org"))));
        Assert.Null(ReasonOf(By("ada"), On(Pending, InForce(owner with { Teams = ["team-other"] }))));
        Assert.Null(ReasonOf(By("ada"), On(Pending, InForce(owner), strange)));
    }

    [Fact]
    public void The_catalog_can_let_initiators_and_owners_decide_for_themselves()
    {
        var person = Person("ada") with { Initiators = [Mints.Live.Initiator], Teams = ["team-support"] };

        Assert.Null(ReasonOf(By("ada"), On(Pending, InForce([person], [("sre", ["ada"])], new() { SelfApproval = true }))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_workload_of_the_chain_decides_whatever_the_catalog_lets_people_do(bool selfApproval)
    {
        var settings = new ApprovalSettings { SelfApproval = selfApproval };
        var people = InForce(People, [("sre", ["ada"])], settings);
        var (first, last) = (new ChainLink(Facts.Other, "user:carol@example.org"), new ChainLink(Facts.Triage, "user:carol@example.org"));

        // The connection proves the workload and the administrator both.
        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada") with { Workload = Facts.Triage }, On(Pending, people, first, last)));
        Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada") with { Workload = Facts.Other }, On(Pending, people, first, last)));
        Assert.Null(ReasonOf(By("ada") with { Workload = Facts.Workload("spiffe://example.org/agents/third") }, On(Pending, people, first, last)));

        // It proves the administrator, and could have proved the workload.
        foreach (var (proof, selector) in new (AdminProof, Selector)[]
        {
            (new AdminProof.UnixUser(7), Selector.Of(SelectorKind.UnixUid, 7)),
            (Person("ada").Proof, new Selector(SelectorKind.X509SpiffeId, "spiffe://example.org/people/ada")),
        })
        {
            var twice = Policed.Workloads[Facts.Other] with { Attest = [new([Selector.Of(SelectorKind.UnixUid, 8)]), new([selector])] };
            var catalog = InForce([Person("ada") with { Proof = proof }], [("sre", ["ada"])], settings, [twice, Policed.Workloads[Facts.Triage]]);

            Assert.Equal(Reason.SelfApproval, ReasonOf(By("ada"), On(Pending, catalog, first, last)));
            Assert.Null(ReasonOf(By("ada"), On(Pending, catalog, last)));
        }
    }

    [Fact]
    public void Why_a_vote_does_not_count_is_told_with_the_approval()
    {
        var refused = Assert.IsType<VoteDecision.Refused>(Voting.Decide(By("eve"), On(Pending)));

        Assert.Equal($"approval {Pending.Id} is decided by sre", refused.Refusal.Detail);
    }
}
