using System.Collections.Immutable;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>An approval with its votes and its task, all of one moment.</summary>
internal sealed record ApprovalRow
{
    public required ApprovalId Id { get; init; }

    public required TaskId Task { get; init; }

    public required TaskId Root { get; init; }

    public required SpiffeId Workload { get; init; }

    public required string Initiator { get; init; }

    public required string Intent { get; init; }

    public required Capability Capability { get; init; }

    public required byte[] Digest { get; init; }

    public required ImmutableArray<CatalogName> Groups { get; init; }

    public required int Quorum { get; init; }

    /// <summary>By the database's clock: see <see cref="ApprovalSql.State"/>.</summary>
    public required ApprovalState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public Jti? Jti { get; init; }

    public required DecisionId Decision { get; init; }

    /// <summary>The transaction that changed it last.</summary>
    public required ulong Xid { get; init; }

    public required ImmutableArray<ApprovalWord> Votes { get; init; }

    /// <summary>What the rules need of it.</summary>
    public ApprovalFacts ToFacts() => new()
    {
        Id = Id, Task = Task, Workload = Workload, Digest = Digest, Groups = Groups, Quorum = Quorum, State = State, Jti = Jti,
        Votes = [.. Votes.Select(word => word.Vote)],
    };

    /// <summary>A row of <see cref="ApprovalSql.Select"/>.</summary>
    /// <exception cref="InvalidDataException">The row does not read.</exception>
    public static ApprovalRow Of(NpgsqlDataReader row) => new()
    {
        Id = ApprovalId.Of(row.GetGuid(0)), Task = TaskId.Of(row.GetGuid(1)), Root = TaskId.Of(row.GetGuid(2)),
        Workload = SpiffeId.TryParse(row.GetString(3), out var workload) ? workload : throw Unreadable(row),
        Initiator = row.GetString(4), Intent = row.GetString(5),
        Capability = CapabilityJson.TryParse(row.GetString(6), row.GetString(7), row.GetString(8), row.GetString(9), out var capability)
            ? capability
            : throw Unreadable(row),
        Digest = row.GetFieldValue<byte[]>(10), Groups = [.. row.GetFieldValue<string[]>(11).Select(name => NameOf(name, row))],
        Quorum = row.GetInt32(12), State = (ApprovalState)row.GetInt16(13),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(14), ExpiresAt = row.GetFieldValue<DateTimeOffset>(15),
        DecidedAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
        UsedAt = row.IsDBNull(17) ? null : row.GetFieldValue<DateTimeOffset>(17),
        Jti = row.IsDBNull(18) ? null : Core.Tokens.Jti.Of(row.GetGuid(18)),
        Decision = DecisionId.Of(row.GetGuid(19)), Xid = row.GetFieldValue<ulong>(20), Votes = VotesOf(row),
    };

    /// <summary>All rows that a command of <see cref="ApprovalSql.Select"/> answers.</summary>
    public static async Task<List<ApprovalRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<ApprovalRow>();
        while (await reader.ReadAsync(ct)) rows.Add(Of(reader));
        return rows;
    }

    private static ImmutableArray<ApprovalWord> VotesOf(NpgsqlDataReader row)
    {
        var approvers = row.GetFieldValue<string[]>(21);
        var approve = row.GetFieldValue<bool[]>(22);
        var reasons = row.GetFieldValue<string[]>(23);
        var moments = row.GetFieldValue<DateTimeOffset[]>(24);
        return [.. approvers.Select((name, i) => new ApprovalWord(new(NameOf(name, row), approve[i]), reasons[i], moments[i]))];
    }

    private static CatalogName NameOf(string text, NpgsqlDataReader row) => CatalogName.TryParse(text, out var name) ? name : throw Unreadable(row);

    private static InvalidDataException Unreadable(NpgsqlDataReader row) => new($"Approval {row.GetGuid(0)} in the database does not read.");
}

/// <summary>A vote, why, and when.</summary>
internal readonly record struct ApprovalWord(ApprovalVote Vote, string Reason, DateTimeOffset At);
