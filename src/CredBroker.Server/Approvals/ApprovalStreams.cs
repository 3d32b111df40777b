using CredBroker.Core;
using CredBroker.Core.Identity;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;

namespace CredBroker.Server.Approvals;

/// <summary>What streams of approvals have in common: a bounded number of them, and an end when this replica stops.</summary>
internal sealed class ApprovalStreams(StreamSlots slots, IHostApplicationLifetime lifetime)
{
    /// <summary>Runs a stream until it is done, its caller leaves, or the replica is on its way out: then another one can go on with it.</summary>
    public Task<Reply<Empty>> RunAsync(Caller caller, Func<CancellationToken, Task<Reply<Empty>>> stream, CancellationToken ct) =>
        slots.RunAsync(caller.Name, async () =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
            try
            {
                return await stream(stop.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested && lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return Reply.Refuse<Empty>(new(Reason.ShuttingDown));
            }
        });
}
