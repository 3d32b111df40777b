using Npgsql;
using Quartz;

namespace CredBroker.Server.Approvals;

/// <summary>Job: deletes approvals, with their votes, that came to their end a month ago. What became of each is in the record.</summary>
[DisallowConcurrentExecution]
internal sealed class ForgetApprovals(NpgsqlDataSource database) : IJob
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private const int Batch = 500;

    private const string Sql = """
        DELETE FROM approvals WHERE id IN (
          SELECT id FROM approvals WHERE state > 2 AND expires_at < clock_timestamp() - interval '30 days'
            AND id < uuid_floor(clock_timestamp() - interval '30 days')
          ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
        """;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Batch });
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == Batch);
    }
}
