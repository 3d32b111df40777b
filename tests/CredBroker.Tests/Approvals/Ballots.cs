using System.Collections.Frozen;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;

namespace CredBroker.Tests.Approvals;

/// <summary>An approval that waits for one of "sre", in the task of <see cref="Mints"/>; tests change what matters to them.</summary>
internal static class Ballots
{
    /// <summary>Ada, Bob and Eve have nothing to do with the task. Ada and Bob are of "sre", Eve of "security".</summary>
    public static readonly Admin[] People = [Person("ada"), Person("bob"), Person("eve")];

    public static ApprovalFacts Pending { get; } = new()
    {
        Id = ApprovalId.New(Mints.Now), Task = Mints.Live.Id, Workload = Mints.Live.Workload, Digest = CapabilityJson.Digest(Mints.Asked),
        Groups = [Policed.Name("sre")], Quorum = 1, State = ApprovalState.Pending, Votes = [],
    };

    /// <summary>Ada has said yes.</summary>
    public static ApprovalFacts Given { get; } = Pending with { State = ApprovalState.Approved, Votes = [Yes("ada")] };

    public static Admin Person(string name) =>
        new(Policed.Name(name), new AdminProof.Mtls(Facts.Workload($"spiffe://example.org/people/{name}")), AdminRoles.Approver);

    public static ApprovalVote Yes(string name) => new(Policed.Name(name), true);

    public static VoteAsk By(string name, bool approves = true) => new() { Approver = name, Workload = null, Approves = approves };

    public static VoteFacts On(ApprovalFacts approval, BrokerCatalog? catalog = null, params ChainLink[] chain) => new()
    {
        Approval = approval, Catalog = catalog ?? InForce(People),
        Chain = chain.Length == 0 ? [new(Mints.Live.Workload, Mints.Live.Initiator)] : [.. chain],
    };

    public static BrokerCatalog InForce(params Admin[] people) => InForce(people, [("sre", ["ada", "bob"]), ("security", ["eve"])]);

    public static BrokerCatalog InForce(
        IEnumerable<Admin> people, IEnumerable<(string Name, string[] Members)> groups, ApprovalSettings? settings = null, IEnumerable<Workload>? workloads = null) => new()
        {
            Settings = BrokerSettings.Default with { Approvals = settings ?? ApprovalSettings.Default },
            TrustDomains = FrozenDictionary<TrustDomain, TrustedDomain>.Empty,
            Workloads = workloads?.ToFrozenDictionary(workload => workload.SpiffeId) ?? Policed.Workloads,
            Tools = FrozenDictionary<ToolName, Tool>.Empty,
            Admins = people.ToFrozenDictionary(admin => admin.Name),
            ApproverGroups = groups.Select(group => new ApproverGroup(Policed.Name(group.Name), [.. group.Members.Select(Policed.Name)])).ToFrozenDictionary(group => group.Name),
            Policies = CatalogPolicies.None,
        };

    public static Reason? ReasonOf(VoteAsk ask, VoteFacts facts) => Voting.Decide(ask, facts) is VoteDecision.Refused(var refusal) ? refusal.Reason : null;
}
