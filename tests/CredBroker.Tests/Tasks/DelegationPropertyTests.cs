using System.Collections.Frozen;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Tests.Tasks;

/// <summary>Authority only shrinks: what holds of every chain of delegations that the rules let through, however it was asked for.</summary>
public sealed class DelegationPropertyTests
{
    private static readonly DateTimeOffset Now = Mints.Now;

    private static Gen<Link> LinkUnder(Capability above) =>
        from asked in Gen.Frequency((8, Generate.Within(above)), (1, Generate.Capability))
        from allowed in Gen.Frequency((8, Gen.Constant(asked)), (1, Generate.Capability))
        from seconds in Gen.Choose(1, 7_000)
        from budget in Gen.Choose(0, 40)
        select new Link(asked, allowed, TimeSpan.FromSeconds(seconds), budget == 0 ? null : budget);

    private static Gen<Link[]> LinksUnder(Capability above, int length) => length == 0
        ? Gen.Constant(Array.Empty<Link>())
        : from link in LinkUnder(above) from rest in LinksUnder(link.Envelope, length - 1) select (Link[])[link, .. rest];

    [Fact]
    public void No_child_has_more_than_its_parent_in_any_respect()
    {
        var longest = 0;
        var cases = from root in Generate.Capability from links in LinksUnder(root, 6) select (root, links);
        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), at =>
        {
            var chain = ChainOf(at.root, at.links);
            longest = Math.Max(longest, chain.Count);
            for (var i = 1; i < chain.Count; i++)
            {
                var (parent, child) = (chain[i - 1], chain[i]);
                var within = child.Envelope.Capabilities.All(capability => parent.Envelope.Covers(capability))
                    && child.Deadline <= parent.Deadline && child.Ancestors.SequenceEqual([.. parent.Ancestors, parent.Id])
                    && child.Initiator == parent.Initiator && child.Root == chain[0].Id && child.State == TaskState.Waiting;
                if (!within) return false;
            }

            // What the root was given is all that there is, in however many hands.
            return Left(chain).All(left => left >= 0) && Left(chain).Sum() == Given;
        }), 3000);
        Assert.True(longest > 3, $"no chain was longer than {longest}: the cases test too little");
    }

    [Fact]
    public void Whatever_a_child_mints_every_task_above_could_have_minted_by_its_envelope_and_the_catalog()
    {
        var granted = 0;
        var cases = from root in Generate.Capability from link in LinkUnder(root) from asked in Generate.Within(link.Envelope)
                    from taken in Generate.Capability.OrNull() select (root, link, asked, taken);
        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), at =>
        {
            var chain = ChainOf(at.root, [at.link]);
            if (chain.Count < 2) return true;
            // Since it was delegated, the catalog may have changed for the workload above.
            var above = new AllowList([at.taken ?? at.root]);
            var task = FactsOf(chain[1], [Facts.Triage], chain[1].Budget) with { State = TaskState.Active };
            var ask = Mints.Ask with { Task = task.Id, Workload = task.Workload, Capability = at.asked };
            var facts = Mints.Known with
            {
                Task = task, Found = new(true, RuleOf(at.asked)), Policies = Policed.By(Policed.Unprivileged, RuleOf(at.asked)), Allowed = new([at.asked]), AllowedAbove = [above], DelegationDepth = 1,
            };
            var minted = Minting.Decide(ask, facts, Now) is MintDecision.Approved;
            granted += minted ? 1 : 0;
            return minted == (chain[1].Envelope.Covers(at.asked) && above.Cover(at.asked) == Coverage.Covered)
                && (!minted || chain[0].Envelope.Covers(at.asked));
        }), 3000);
        Assert.True(granted > 100, $"only {granted} grants: the cases test too little");
    }

    private const int Given = 64;

    // As long as the rules allow; each link is the child of the one before.
    private static List<ApprovedTask> ChainOf(Capability root, Link[] links)
    {
        var start = Facts.Ask(Now) with { Envelope = Make.Envelope(root), TimeToLive = TimeSpan.FromHours(1), Budget = Given };
        var started = Starting.Decide(start, Facts.Start() with { Rules = [new(true, RuleOf(root))], Allowed = new([root]) }, Now);
        List<ApprovedTask> chain = [Assert.IsType<StartDecision.Approved>(started).Task];
        List<SpiffeId> workloads = [];
        foreach (var link in links)
        {
            var parent = chain[^1];
            var facts = new DelegateFacts
            {
                CatalogVersion = 7, CatalogDigest = [], Policies = Policed.By(Policed.Unprivileged, RuleOf(link.Envelope)), Child = TaskId.NewBelow(parent.Id, Now), Parent = FactsOf(parent, workloads, parent.Budget) with { State = TaskState.Active },
                Ancestors = [.. parent.Ancestors, parent.Id], LiveChildren = 0, MaxChildren = 1, DelegationDepth = 8,
                Rules = [new(true, RuleOf(link.Envelope))], Allowed = new([link.Allowed]),
                AllowedAbove = [.. parent.Ancestors.Append(parent.Id).Select(_ => new AllowList([root]))],
                MaxTimeToLive = TimeSpan.FromHours(2), MaxBudget = 1_000, Keeping = Facts.Start().Keeping,
            };
            var ask = Delegations.Ask with
            {
                Parent = parent.Id, Workload = parent.Workload, To = Facts.Other, Envelope = Make.Envelope(link.Envelope), TimeToLive = link.TimeToLive,
                Budget = link.Budget,
            };
            if (Delegating.Decide(ask, facts, Now) is not StartDecision.Approved(var child)) break;
            workloads.Add(parent.Workload);
            chain.Add(child);
        }

        return chain;
    }

    // What each has after it gave its child what that asked for.
    private static IEnumerable<int> Left(List<ApprovedTask> chain) =>
        chain.Select((task, i) => task.Budget - (i + 1 < chain.Count ? chain[i + 1].Budget : 0));

    private static TaskFacts FactsOf(ApprovedTask task, IEnumerable<SpiffeId> above, int budget) => Facts.Task(Now) with
    {
        Id = task.Id, Root = task.Root, Workload = task.Workload, Above = [.. above], Initiator = task.Initiator, State = task.State, Deadline = task.Deadline,
        Envelope = task.Envelope, Budget = budget,
    };

    private static ActionRule RuleOf(Capability capability) => Rules.Of(capability.Tool.ToString(), capability.Action.ToString()) with
    {
        Parameters = capability.Parameters.ToFrozenDictionary(bound => bound.Name, bound => bound.Constraint.Type),
    };

    private sealed record Link(Capability Envelope, Capability Allowed, TimeSpan TimeToLive, int? Budget);
}
