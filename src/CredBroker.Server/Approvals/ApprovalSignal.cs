using System.Collections.Concurrent;
using CredBroker.Core.Approvals;
using CredBroker.Server.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CredBroker.Server.Approvals;

/// <summary>
/// Wakes those who wait for approvals when one changes, on whatever replica. A notification that is lost, as they are when a connection
/// breaks, costs time and nothing else: whoever waits reads the table, and reads it again every few seconds.
/// </summary>
internal sealed class ApprovalSignal(NpgsqlDataSource database, TimeProvider clock, ILogger<ApprovalSignal> log) : BackgroundService
{
    /// <summary>How long a change may stay unnoticed when its notification was lost.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _one = [];
    private TaskCompletionSource _any = New();

    /// <summary>Done at the next change of any approval. Ask before reading, or what comes in between is missed.</summary>
    public Task NextOfAny() => Volatile.Read(ref _any).Task;

    /// <summary>Done at the next change of this approval.</summary>
    public Task NextOf(ApprovalId id) => _one.GetOrAdd(id.Value, static _ => New()).Task;

    /// <summary>Waits for that, for a few seconds, or until it is given up.</summary>
    public async Task WaitAsync(Task next, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(next, Task.Delay(Longest, clock, stop.Token));
        await stop.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (NpgsqlException away)
            {
                log.ApprovalsNotHeard(away);
                await Task.Delay(s_pause, clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, heard) => Wake(heard.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {ApprovalSql.Channel}", connection)) await listen.ExecuteNonQueryAsync(ct);
        // What happened before this connection was there was told to nobody.
        foreach (var id in _one.Keys) WakeOne(id);
        WakeAny();
        while (true) await connection.WaitAsync(ct);
    }

    private void Wake(string payload)
    {
        if (Guid.TryParseExact(payload, "D", out var id)) WakeOne(id);
        WakeAny();
    }

    private void WakeOne(Guid id)
    {
        if (_one.TryRemove(id, out var waiting)) waiting.TrySetResult();
    }

    private void WakeAny() => Interlocked.Exchange(ref _any, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
