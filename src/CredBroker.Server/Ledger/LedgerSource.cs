using System.Globalization;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Opens the ledger's connections: one for each loop, kept for its life, never pooled.</summary>
internal sealed class LedgerSource : IAsyncDisposable
{
    // One plan for ever: a custom plan per call costs more than it finds. A plan made while a table was empty would keep its sequential
    // scan until the next analyze, hence no such scans. The statements rely on read committed: each sees what was committed before it.
    private const string Settings =
        "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c default_transaction_isolation=read\\ committed";

    private readonly NpgsqlDataSource _source;

    /// <summary>Takes the connection string of the broker's database, and changes what the ledger needs otherwise.</summary>
    public LedgerSource(string connectionString, LedgerOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Multiplexing = false,
            WriteBufferSize = 65_536,
            ReadBufferSize = 65_536,
            Timeout = 3,
            CommandTimeout = 10,
            CancellationTimeout = 1_000,
            TcpKeepAlive = true,
        };
        var settings = string.Create(CultureInfo.InvariantCulture, $"{Settings} -c lock_timeout={options.LockTimeout.TotalMilliseconds:F0}");
        builder.Options = string.IsNullOrEmpty(builder.Options) ? settings : $"{builder.Options} {settings}";
        builder.ApplicationName = "credbroker-ledger";
        // Named, or telemetry would call it by its connection string.
        _source = new NpgsqlDataSourceBuilder(builder.ConnectionString) { Name = builder.ApplicationName }.Build();
    }

    /// <summary>A new connection; the caller owns it.</summary>
    /// <exception cref="StorageUnavailableException">There is none to be had now, for whatever reason.</exception>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        try
        {
            return await _source.OpenConnectionAsync(CancellationToken.None);
        }
        catch (NpgsqlException refused)
        {
            throw new StorageUnavailableException("The database does not take connections.", refused);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
