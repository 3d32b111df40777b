using System.Globalization;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>The database's clock and ours, too far apart.</summary>
/// <param name="Database">What the database said.</param>
/// <param name="Ours">What our clock said, at the end of the question that is nearer.</param>
/// <param name="Bound">The difference that would have been accepted.</param>
internal sealed record ClockDifference(DateTimeOffset Database, DateTimeOffset Ours, TimeSpan Bound)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"the clocks differ by {(Database - Ours).Duration().TotalSeconds:0.000} s, and {Bound.TotalSeconds:0.###} s is the most: the database has {Database.UtcDateTime:O}, this broker {Ours.UtcDateTime:O}");
}

/// <summary>Deadlines are compared with the database's clock in SQL and with ours in code, so a broker whose clock is off must not start.</summary>
internal static class Clocks
{
    /// <summary>Well above NTP's error between hosts of one site, well below the shortest life of a token.</summary>
    public static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(2);

    /// <summary>Compares them. The time that the question takes is not counted as a difference.</summary>
    /// <returns>Null when they agree within the bound.</returns>
    public static async Task<ClockDifference?> CompareAsync(NpgsqlDataSource source, TimeProvider time, TimeSpan bound, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound.Ticks, nameof(bound));
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = time.GetUtcNow();
        var database = await command.ExecuteScalarAsync(ct) is DateTime utc
            ? new DateTimeOffset(utc) : throw new InvalidOperationException("clock_timestamp() is not a time");
        var answered = time.GetUtcNow();
        if (database < asked - bound) return new(database, asked, bound);
        return database > answered + bound ? new(database, answered, bound) : null;
    }
}
