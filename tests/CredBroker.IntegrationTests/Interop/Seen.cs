using System.Text.Json;
using CredBroker.Core;
using CredBroker.Server.Hosting;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Interop;

/// <summary>What a foreign client saw of a task that was delegated, and delegated again.</summary>
/// <param name="Root">The id of the first task.</param>
/// <param name="Child">Of the second.</param>
/// <param name="Grandchild">Of the third, which the token was minted under.</param>
/// <param name="Early">A mint under the child before it was accepted.</param>
/// <param name="States">Of the child: delegated, accepted, accepted again.</param>
/// <param name="Again">Whether it had been accepted before, the first time and the second.</param>
/// <param name="Active">The token, introspected.</param>
/// <param name="Claims">The token, as the backend reads it.</param>
/// <param name="Ended">How many tasks ended with the first.</param>
/// <param name="Afterwards">Whether the token was active then.</param>
public sealed record SeenDelegation(
    string Root, string Child, string Grandchild, ForeignRefusal Early, IReadOnlyList<TaskState> States, IReadOnlyList<bool> Again, SeenToken Active,
    JsonElement Claims, int Ended, bool Afterwards);

/// <summary>What it saw of a token that it introspected.</summary>
public sealed record SeenToken(bool Active, string Sub, string ClientId, string TaskId, string Txn);

/// <summary>What it saw of an approval, as the agent and as the approver.</summary>
/// <param name="Approval">Its id.</param>
/// <param name="Asked">The mint that was refused for want of it.</param>
/// <param name="States">All that the agent was told, to the end of the stream.</param>
/// <param name="Pending">The approval that each of the approver's streams began with.</param>
/// <param name="Crowded">One stream more than a caller may have.</param>
/// <param name="Cancelled">The status of the stream that was cancelled.</param>
/// <param name="Wordless">A vote without a reason.</param>
/// <param name="Votes">Who voted, and why, as the approver's stream had it.</param>
/// <param name="Minted">The token that used it.</param>
/// <param name="Used">The token that used it, as the approver's stream had it.</param>
/// <param name="Over">A second mint with it.</param>
public sealed record SeenApproval(
    string Approval, ForeignRefusal Asked, IReadOnlyList<ApprovalState> States, IReadOnlyList<string> Pending, ForeignRefusal Crowded, int Cancelled,
    ForeignRefusal Wordless, IReadOnlyList<IReadOnlyList<string>> Votes, string Minted, string Used, ForeignRefusal Over);

/// <summary>A refusal, as such a client reads it from the status and from <c>grpc-status-details-bin</c>.</summary>
/// <param name="Code">The status code, which is the same in both.</param>
/// <param name="Text">The message, which is the same in both.</param>
/// <param name="Reason">Of google.rpc.ErrorInfo.</param>
/// <param name="Metadata">Of google.rpc.ErrorInfo.</param>
/// <param name="Fields">Of google.rpc.BadRequest; null when there was none.</param>
/// <param name="Retry">Seconds, of google.rpc.RetryInfo; null when there was none.</param>
public sealed record ForeignRefusal(
    int Code, string Text, string Reason, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<string>? Fields = null, long? Retry = null)
{
    /// <summary>Refused visibly, for this reason.</summary>
    public void Is(Reason reason) => Assert.Equal(((int)StatusMap.CodeOf(reason), StatusMap.NameOf(reason)), (Code, Reason));

    /// <summary>Denied like every denial on the wire; the audit has the true reason.</summary>
    public async Task IsDeniedAsync(Reason reason, TestDatabase database)
    {
        Assert.Equal((7, "denied", "DENIED"), (Code, Text, Reason));
        Assert.Equal(["decision_id"], Metadata.Keys);
        Assert.Equal(reason.ToString(), await database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(Metadata["decision_id"])));
    }
}
