using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Server.Hosting;
using Grpc.Core;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Calls that must be refused, and what the wire and the audit say of them.</summary>
public static class Refused
{
    /// <summary>The refusal as the caller sees it.</summary>
    public static async Task<BrokerRefusal> ByAsync<T>(AsyncUnaryCall<T> call) =>
        BrokerRefusal.Of(await Assert.ThrowsAsync<RpcException>(async () => await call));

    /// <summary>Refused visibly, for this reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="call">The call.</param>
    /// <param name="what">What was called with, where many calls are much alike.</param>
    public static async Task<BrokerRefusal> AsAsync<T>(Reason reason, AsyncUnaryCall<T> call, string what = "the call")
    {
        BrokerRefusal refusal;
        try
        {
            var answer = await call;
            throw new Xunit.Sdk.XunitException($"{what} was answered: {answer}");
        }
        catch (RpcException failure)
        {
            refusal = BrokerRefusal.Of(failure);
        }

        Is(reason, refusal, what);
        return refusal;
    }

    /// <summary>This refusal is for this reason, visibly.</summary>
    public static void Is(Reason reason, BrokerRefusal refusal, string what = "the call") => Assert.True(
        (refusal.Reason, refusal.Status) == (StatusMap.NameOf(reason), StatusMap.CodeOf(reason)), $"{what} should be refused as {reason}: {refusal}");

    /// <summary>Denied like every denial on the wire; the audit has the true reason.</summary>
    public static async Task DeniedAsync<T>(this TestBroker broker, Reason reason, AsyncUnaryCall<T> call)
    {
        var refusal = await ByAsync(call);
        Assert.Equal((StatusCode.PermissionDenied, "denied", "DENIED"), (refusal.Status, refusal.Message, refusal.Reason));
        Assert.Equal(reason.ToString(), await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(refusal.DecisionId!)));
    }
}
