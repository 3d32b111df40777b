using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ApprovalState = CredBroker.Core.Approvals.ApprovalState;

using CredBroker.V1;

namespace CredBroker.Server.Approvals;

/// <summary>Approvals as proto messages.</summary>
internal static class ApprovalMessages
{
    /// <summary>An approval with its votes.</summary>
    public static Approval Of(ApprovalRow row) => new()
    {
        ApprovalId = row.Id.ToString(), TaskId = row.Task.ToString(), RootTaskId = row.Root.ToString(), Workload = row.Workload.ToString(),
        Initiator = row.Initiator, Intent = row.Intent, Capability = row.Capability.ToMessage(), CapabilityDigest = ByteString.CopyFrom(row.Digest),
        Groups = { row.Groups.Select(group => group.ToString()) }, Quorum = row.Quorum, State = StateOf(row.State),
        CreatedAt = row.CreatedAt.ToTimestamp(), ExpiresAt = row.ExpiresAt.ToTimestamp(), DecidedAt = row.DecidedAt?.ToTimestamp(),
        UsedAt = row.UsedAt?.ToTimestamp(), Jti = row.Jti?.ToString() ?? "", DecisionId = row.Decision.ToString(),
        Votes =
        {
            row.Votes.Select(word => new ApprovalVote
            {
                Approver = word.Vote.Approver.ToString(), Approves = word.Vote.Approves, Reason = word.Reason, VotedAt = word.At.ToTimestamp(),
            }),
        },
    };

    /// <summary>The state on the wire: the same numbers.</summary>
    public static V1.ApprovalState StateOf(ApprovalState state) => (V1.ApprovalState)(int)state;
}
