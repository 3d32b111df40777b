using System.Net.Sockets;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Sorts failures.</summary>
internal static class Failures
{
    /// <summary>The kind of a failure of a batch.</summary>
    public static FailureKind KindOf(Exception failure) => failure switch
    {
        PostgresException answered => KindOf(answered.SqlState),
        // Npgsql wraps what it meets while it writes parameters: a lone surrogate is found only there.
        NpgsqlException { InnerException: ArgumentException or InvalidCastException or FormatException } => FailureKind.BadData,
        NpgsqlException or StorageUnavailableException or IOException or SocketException or TimeoutException => FailureKind.Away,
        ArgumentException or InvalidCastException or FormatException or OverflowException => FailureKind.BadData,
        _ => FailureKind.Bug,
    };

    // PostgreSQL 15 appendix A. 0A000 is "cached plan must not change result type" and 26000 a prepared statement that is not there:
    // both are over with a new connection. 25006: the primary has become a standby.
    private static FailureKind KindOf(string state) => state switch
    {
        "40001" or "40P01" or "55P03" => FailureKind.Contended,
        "0A000" or "26000" or "25006" or "25P03" => FailureKind.Away,
        _ => state[..2] switch
        {
            "22" or "23" => FailureKind.BadData,
            "08" or "53" or "57" or "58" => FailureKind.Away,
            _ => FailureKind.Bug,
        },
    };
}
