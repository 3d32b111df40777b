using System.Globalization;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Output;

/// <summary>Approvals as people read them.</summary>
internal static class ApprovalPage
{
    /// <summary>One approval, whole: first what a yes would allow, then who asks, and last what it says that it is for.</summary>
    public static void Show(Page page, Approval approval)
    {
        page.Fields(
            ("approval", approval.ApprovalId),
            ("state", State(approval.State)),
            ("covers", CapabilityText.Of(approval.Capability)),
            ("task", approval.TaskId),
            ("root", approval.RootTaskId == approval.TaskId ? "" : approval.RootTaskId),
            ("workload", approval.Workload),
            ("initiator", approval.Initiator),
            ("intent", approval.Intent),
            ("decided by", string.Create(CultureInfo.InvariantCulture, $"{approval.Quorum} of {string.Join(", ", approval.Groups)}")),
            ("asked", Page.Time(approval.CreatedAt)),
            ("expires", Page.Time(approval.ExpiresAt)),
            ("decided", Page.Time(approval.DecidedAt)),
            ("used", Page.Time(approval.UsedAt)),
            ("token", approval.Jti));
        if (approval.Votes.Count > 0) page.Tree("votes", approval.Votes.Select(vote => new Branch(
            $"{vote.Approver}  {(vote.Approves ? "yes" : "no")}  {Page.Time(vote.VotedAt)}  {vote.Reason}")));
    }

    /// <summary>Approvals, one to a line.</summary>
    public static void List(Page page, IEnumerable<Approval> approvals) => page.Table(
        "no approvals",
        ["APPROVAL", "STATE", "EXPIRES", "GROUPS", "WORKLOAD", "INITIATOR", "COVERS"],
        approvals.Select(approval => new[]
        {
            approval.ApprovalId, State(approval.State), Page.Time(approval.ExpiresAt), string.Join(',', approval.Groups), approval.Workload,
            approval.Initiator, CapabilityText.Of(approval.Capability),
        }));

    /// <summary>One approval on one line.</summary>
    public static void Line(Page page, Approval approval) => page.Line(
        $"{approval.ApprovalId}  {State(approval.State)}  {approval.Workload}  {approval.Initiator}  {CapabilityText.Of(approval.Capability)}");

    /// <summary>The state, in a word.</summary>
    public static string State(ApprovalState state) => state.ToString().ToLowerInvariant();
}
