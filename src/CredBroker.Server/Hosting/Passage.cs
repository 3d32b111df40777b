using System.Diagnostics;
using Grpc.Core;

namespace CredBroker.Server.Hosting;

/// <summary>One call's way through the pipeline: measured when it ends, whatever its end.</summary>
internal sealed class Passage(RpcRow row, TimeProvider clock, Activity? activity) : IDisposable
{
    private readonly long _started = clock.GetTimestamp();
    private StatusCode _status = StatusCode.OK;
    private CancellationTokenSource? _bound;

    public RpcRow Row => row;

    /// <summary>The token of the call with the broker's own bound; the caller's deadline alone where that is the shorter.</summary>
    public CancellationToken Bound(ServerCallContext context, TimeSpan timeout)
    {
        if (context.Deadline - clock.GetUtcNow().UtcDateTime <= timeout) return context.CancellationToken;
        _bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        _bound.CancelAfter(timeout);
        return _bound.Token;
    }

    /// <summary>Notes how the call failed, and hands the failure back.</summary>
    public RpcException Fail(RpcException failure)
    {
        _status = failure.StatusCode;
        return failure;
    }

    public void Dispose()
    {
        if (Telemetry.Calls.Enabled || Telemetry.CallDuration.Enabled)
        {
            var tags = new TagList { { "rpc.method", row.Method }, { "rpc.grpc.status_code", (int)_status } };
            Telemetry.Calls.Add(1, tags);
            Telemetry.CallDuration.Record(clock.GetElapsedTime(_started).TotalSeconds, tags);
        }

        activity?.SetTag("rpc.method", row.Method).SetTag("rpc.grpc.status_code", (int)_status).Dispose();
        _bound?.Dispose();
    }
}
