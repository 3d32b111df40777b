using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CredBroker.Server.Hosting;

/// <summary>
/// Knows whether the database answers: asked every second, and at once when a call suspects it. While it is away the replica is not
/// serving, and calls are refused before they wait for it.
/// </summary>
internal sealed class DatabaseWatch(NpgsqlDataSource database, Readiness readiness, TimeProvider clock, ILogger<DatabaseWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly Channel<bool> _suspicions = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _away;

    /// <summary>True when the last question was not answered.</summary>
    public bool IsAway => _away;

    /// <summary>A call failed in a way that an absent database explains: ask now.</summary>
    public void Suspect() => _suspicions.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await AskAsync(stoppingToken);
            await PauseAsync(stoppingToken);
        }
    }

    private async Task AskAsync(CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            await using var question = database.CreateCommand("SELECT 1");
            await question.ExecuteScalarAsync(either.Token);
            if (_away) log.DatabaseBack();
            _away = false;
        }
        catch (Exception unanswered) when (unanswered is NpgsqlException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            if (!_away) log.DatabaseAway(unanswered);
            _away = true;
        }

        readiness.DatabaseAnswers(!_away);
    }

    private async Task PauseAsync(CancellationToken stopping)
    {
        using var interval = new CancellationTokenSource(s_interval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, stopping);
        try
        {
            await _suspicions.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The interval passed without a suspicion, or the process stops: the loop looks.
        }
    }
}
