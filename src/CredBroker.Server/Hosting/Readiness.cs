using Grpc.HealthCheck;

using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace CredBroker.Server.Hosting;

/// <summary>
/// Whether this replica may be sent calls, as grpc.health.v1 tells it: everything prepared at the start, the database answering, and not
/// on the way out.
/// </summary>
internal sealed class Readiness(HealthServiceImpl health)
{
    private readonly Lock _gate = new();
    private bool _prepared;
    private bool _databaseAnswers;
    private bool _partitionsAhead = true;
    private volatile bool _draining;

    /// <summary>True when calls may come.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate) return _prepared && _databaseAnswers && _partitionsAhead && !_draining;
        }
    }

    /// <summary>True from the first sign that the process is to stop: calls that run may end, and no other begins.</summary>
    public bool IsDraining => _draining;

    public void Prepared() => Set(() => _prepared = true);

    public void DatabaseAnswers(bool answers) => Set(() => _databaseAnswers = answers);

    public void PartitionsAhead(bool enough) => Set(() => _partitionsAhead = enough);

    public void Draining() => Set(() => _draining = true);

    private void Set(Action change)
    {
        lock (_gate)
        {
            change();
            health.SetStatus("", IsReady ? ServingStatus.Serving : ServingStatus.NotServing);
        }
    }
}
