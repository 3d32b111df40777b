using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>
/// Answers grpc.health.v1.Health from statuses that the program sets. Register it as a singleton and map it.
/// Source: grpc/doc/health-checking.md. Safe for any number of threads.
/// </summary>
public sealed class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Sets the status of a service by its full name; the empty name stands for the server as a whole.</summary>
    public void SetStatus(string service, ServingStatus status) => Change(statuses => statuses[service] = status);

    /// <summary>Forgets a service: it becomes unknown.</summary>
    public void ClearStatus(string service) => Change(statuses => statuses.Remove(service));

    /// <summary>Forgets all services.</summary>
    public void ClearAll() => Change(statuses => statuses.Clear());

    /// <summary>The status now. NOT_FOUND for a service that has none.</summary>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        Look(request.Service).Status is { } status
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, "The service has no health status."));

    /// <summary>The status now and after every change. A slow reader misses statuses that were replaced meanwhile, never the last.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? last = null;
        while (true)
        {
            var (known, changed) = Look(request.Service);
            var status = known ?? ServingStatus.ServiceUnknown;
            if (status != last) await responseStream.WriteAsync(new HealthCheckResponse { Status = status });

            last = status;
            await changed.WaitAsync(context.CancellationToken);
        }
    }

    private (ServingStatus? Status, Task Changed) Look(string service)
    {
        lock (_gate) return (_statuses.TryGetValue(service, out var status) ? status : null, _changed.Task);
    }

    private void Change(Action<Dictionary<string, ServingStatus>> change)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            change(_statuses);
            signal = _changed;
            _changed = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
