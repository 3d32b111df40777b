using System.Net.Sockets;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.Server.Hosting;

/// <summary>Tells a database that is away from one that answered with an error.</summary>
internal static class DatabaseFailure
{
    /// <summary>True when the exception, or one inside it, says that the database could not be reached or is going away.</summary>
    public static bool Is(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            switch (exception)
            {
                case StorageUnavailableException:
                    return true;
                // Classes 08 (connection), 53 (insufficient resources), 57P (operator intervention: shutdown, crash, not yet up).
                case PostgresException { SqlState: var state }:
                    return state.StartsWith("08", StringComparison.Ordinal)
                        || state.StartsWith("53", StringComparison.Ordinal)
                        || state.StartsWith("57P", StringComparison.Ordinal);
                case NpgsqlException { InnerException: null }:
                case NpgsqlException { InnerException: SocketException or IOException or TimeoutException }:
                    return true;
            }
        }

        return false;
    }
}
