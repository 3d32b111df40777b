using Npgsql;
using Quartz;

namespace CredBroker.Server.Attestation;

/// <summary>Job: deletes join tokens that have been worthless for a day, used or not. What became of each is in the record.</summary>
[DisallowConcurrentExecution]
internal sealed class ForgetJoinTokens(NpgsqlDataSource source) : IJob
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private const int Batch = 500;

    private const string Sql = """
        DELETE FROM join_tokens WHERE secret_hash IN (
          SELECT secret_hash FROM join_tokens WHERE expires_at < clock_timestamp() - interval '1 day'
          ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        """;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = source.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Batch });
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == Batch);
    }
}
