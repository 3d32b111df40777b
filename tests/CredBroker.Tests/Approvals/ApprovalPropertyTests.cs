using System.Collections.Immutable;
using CredBroker.Core.Approvals;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;
using FsCheck;
using FsCheck.Fluent;
using static CredBroker.Tests.Approvals.Ballots;

namespace CredBroker.Tests.Approvals;

/// <summary>What holds of every vote and of every use, whoever votes and whatever the catalog says by then: held against a plain count.</summary>
public sealed class ApprovalPropertyTests
{
    private static readonly string[] s_names = ["ada", "bob", "cat", "dan", "eve"];
    private static readonly string[] s_initiators = ["user:alice@example.org", "user:ida@example.org", "user:jo@example.org"];

    private static readonly Gen<ImmutableArray<string>> Names = Some(s_names);

    private static readonly Gen<BrokerCatalog> Catalogs =
        from sre in Names
        from security in Names
        from approvers in Gen.Frequency((3, Gen.Constant(s_names.ToImmutableArray())), (1, Names))
        from own in Gen.ArrayOf(Gen.Frequency((2, Gen.Constant(ImmutableArray<string>.Empty)), (1, Some(s_initiators))), s_names.Length)
        from teams in Gen.ArrayOf(Gen.Frequency((3, Gen.Constant("")), (1, Gen.Constant("team-support"))), s_names.Length)
        from quorum in Gen.Choose(1, 3)
        from self in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select InForce(
            s_names.Select((name, i) => Person(name) with
            {
                Roles = approvers.Contains(name) ? AdminRoles.Approver | AdminRoles.Viewer : AdminRoles.Viewer,
                Initiators = own[i], Teams = teams[i].Length == 0 ? [] : [teams[i]],
            }),
            [("sre", [.. sre]), ("security", [.. security])],
            new ApprovalSettings
            {
                SelfApproval = self, Quorum = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(Policed.Name("sre"), quorum)]),
            });

    private static readonly Gen<ApprovalFacts> Approvals =
        from groups in Gen.Elements<string[]>(["sre"], ["security"], ["sre", "security"])
        from quorum in Gen.Choose(1, 3)
        from voters in Names
        from state in Gen.Frequency((8, Gen.Constant(ApprovalState.Pending)), (1, Gen.Elements(Enum.GetValues<ApprovalState>())))
        select Pending with
        {
            Groups = [.. groups.Select(Policed.Name)], Quorum = quorum, State = state, Votes = [.. voters.Select(Yes)],
        };

    private static readonly Gen<ChainLink> Links =
        from workload in Gen.Elements(Facts.Triage, Facts.Other, Facts.Workload("spiffe://example.org/agents/gone"))
        from initiator in Gen.Elements(s_initiators)
        select new ChainLink(workload, initiator);

    [Fact]
    public void A_vote_counts_exactly_when_its_approver_is_of_a_group_has_no_part_in_the_chain_and_has_not_voted()
    {
        var (counted, decided) = (0, 0);
        var cases =
            from catalog in Catalogs
            from approval in Approvals
            from chain in Gen.NonEmptyListOf(Links)
            from name in Gen.Elements(s_names)
            from approves in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            from workload in Gen.Frequency((9, Gen.Constant<SpiffeId?>(null)), (1, Gen.Constant<SpiffeId?>(Facts.Triage)))
            select (new VoteAsk { Approver = name, Workload = workload, Approves = approves }, new VoteFacts { Approval = approval, Catalog = catalog, Chain = [.. chain] });

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), at =>
        {
            var (ask, facts) = at;
            var admin = facts.Catalog.Admins[Policed.Name(ask.Approver)];
            var concerned = facts.Chain.Any(link => link.Workload == ask.Workload)
                || (!facts.Catalog.Settings.Approvals.SelfApproval && facts.Chain.Any(link =>
                    admin.Initiators.Contains(link.Initiator) || (admin.Teams.Contains("team-support") && Policed.Workloads.ContainsKey(link.Workload))));
            var expected = facts.Approval.State == ApprovalState.Pending && HasSay(admin.Name, facts.Approval.Groups, facts.Catalog) && !concerned
                && facts.Approval.Votes.All(vote => vote.Approver != admin.Name);

            if (Voting.Decide(ask, facts) is not VoteDecision.Counted(var approver, var after)) return !expected;
            counted++;
            if (after != ApprovalState.Pending) decided++;
            var yes = facts.Approval.Votes.Count(vote => HasSay(vote.Approver, facts.Approval.Groups, facts.Catalog)) + 1;
            return expected && approver == admin.Name
                && after == (!ask.Approves ? ApprovalState.Denied : yes >= facts.Approval.Quorum ? ApprovalState.Approved : ApprovalState.Pending);
        }), 3000);
        Assert.True(counted > 300 && decided > 100, $"only {counted} votes counted, and {decided} decided: the cases test too little");
    }

    [Fact]
    public void Nothing_is_granted_that_enough_of_the_groups_of_now_have_not_approved()
    {
        const string Policy = """@approvers("sre") @quorum("2") permit (principal, action, resource) when { context.approved };""";
        var policies = Policed.By(Policy, Mints.Rule);
        var granted = 0;
        var cases = from catalog in Catalogs from approval in Approvals from given in Gen.Elements(true, false) select (catalog, approval, given);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), at =>
        {
            var (catalog, facts, given) = at;
            var approval = given ? facts with { State = ApprovalState.Approved } : facts;
            var sre = Policed.Name("sre");
            var yes = approval.Votes.Count(vote => HasSay(vote.Approver, [sre], catalog));
            var expected = approval.State == ApprovalState.Approved && yes >= Math.Max(2, catalog.Settings.Approvals.Quorum[sre]);

            var decision = ApprovalUse.Decide(Mints.Ask with { Approval = approval.Id }, Mints.Known with { Policies = policies }, approval, catalog, Mints.Now);
            if (decision is MintDecision.Approved) granted++;
            return expected == decision is MintDecision.Approved;
        }), 3000);
        Assert.True(granted > 100, $"only {granted} grants: the cases test too little");
    }

    private static bool HasSay(CatalogName name, ImmutableArray<CatalogName> groups, BrokerCatalog catalog) =>
        catalog.Admins[name].Roles.HasFlag(AdminRoles.Approver) && groups.Any(group => catalog.ApproverGroups[group].Members.Contains(name));

    private static Gen<ImmutableArray<string>> Some(string[] all) =>
        Gen.ArrayOf(Gen.Elements(true, false), all.Length).Select(taken => all.Where((_, i) => taken[i]).ToImmutableArray());
}
