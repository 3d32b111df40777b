using CredBroker.Core.Catalog;
using Npgsql;

namespace CredBroker.Server.Approvals;

/// <summary>How often an approver has voted in the last hour, by the database's clock.</summary>
/// <param name="LastHour">How often.</param>
/// <param name="OldestLeavesIn">When the oldest of them is an hour old; zero when there are none.</param>
internal readonly record struct Votes(int LastHour, TimeSpan OldestLeavesIn)
{
    private const string Sql = """
        SELECT count(*)::int, coalesce(min(voted_at) + interval '1 hour' - clock_timestamp(), interval '0')
        FROM approval_votes WHERE approver = $1 AND voted_at > clock_timestamp() - interval '1 hour'
        """;

    /// <summary>Counts.</summary>
    public static async Task<Votes> CountAsync(NpgsqlConnection connection, string approver, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = approver } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt32(0), reader.GetTimeSpan(1));
    }

    /// <summary>True when so many more are within the catalog's bound.</summary>
    public bool Allow(int more, ApprovalSettings settings) => LastHour + more <= settings.PerApproverPerHour;
}
