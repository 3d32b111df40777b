using System.Globalization;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

using CredBroker.V1;
using ApprovalRow = CredBroker.Server.Ledger.ApprovalRow;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Approvals;

/// <summary>
/// WatchApprovals, for viewers and approvers: approvals as they change, from a cursor. Transactions do not commit in the order in which they
/// began, so only what is older than every transaction under way is told (decision 20). Refusals: malformed fields; too many streams; in the
/// middle of the stream, a role that the catalog has taken away (recorded).
/// </summary>
internal sealed class WatchApprovals(
    NpgsqlDataSource database, LiveCatalog catalog, ApprovalSignal signal, StreamSlots slots, AuditAppender audit, TimeProvider clock)
{
    private const int Page = 200;

    private const string Changes = $"""
        {ApprovalSql.Select} WHERE (a.xid, a.id) > ($1, $2) AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
          AND ($3::text IS NULL OR a.groups @> ARRAY[$3]) AND (NOT $4 OR a.state = 1)
        ORDER BY a.xid, a.id LIMIT $5
        """;

    private const string Horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())";

    public async Task<Reply<Empty>> HandleAsync(
        WatchApprovalsRequest request, Caller caller, Func<WatchApprovalsResponse, Task> send, CancellationToken ct)
    {
        var fields = new Fields();
        Cursor? from = null;
        if (request.Cursor.Length > 0 && (from = Cursor.Parse(request.Cursor)) is null)
            fields.Refuse(Reason.FieldMalformed, "cursor", "the cursor of an earlier answer is expected");
        if (request.Group.Length > 0 && !CatalogName.TryParse(request.Group, out _)) fields.Refuse(Reason.FieldMalformed, "group", "a name is expected");
        if (fields.Refusal is { } malformed) return Reply.Refuse<Empty>(malformed);

        var group = request.Group.Length == 0 ? null : request.Group;
        return await slots.RunAsync(caller, () => FollowAsync(from, group, caller, send, ct));
    }

    private async Task<Reply<Empty>> FollowAsync(Cursor? from, string? group, Caller caller, Func<WatchApprovalsResponse, Task> send, CancellationToken ct)
    {
        var proof = AdminOf(caller)?.Proof;
        if (from is not { } cursor)
        {
            // Taken before what is pending is read: what changes meanwhile comes again.
            await using var horizon = database.CreateCommand(Horizon);
            cursor = new((ulong)(await horizon.ExecuteScalarAsync(ct))!, Guid.Empty);
            await SendAsync(default, group, onlyPending: true, send, ct);
        }

        while (true)
        {
            var next = signal.NextOfAny();
            if (!MayWatch(caller, proof)) return await DenyAsync(caller, ct);
            cursor = await SendAsync(cursor, group, onlyPending: false, send, ct);
            await signal.WaitAsync(next, ct);
        }
    }

    // A stream outlives the look at its caller's roles, and the name may be given to somebody else.
    private bool MayWatch(Caller caller, AdminProof? proof) =>
        caller.Owns || (AdminOf(caller) is { } admin && admin.Proof == proof && (admin.Roles & (AdminRoles.Viewer | AdminRoles.Approver)) != 0);

    private Core.Catalog.Admin? AdminOf(Caller caller) =>
        CatalogName.TryParse(caller.Admin, out var name) ? catalog.Current.Catalog.Admins.GetValueOrDefault(name) : null;

    private async Task<Reply<Empty>> DenyAsync(Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        await audit.AppendAsync(ApprovalPayloads.Refused(now, decision, [], caller.Name, "WatchApprovals", new(Reason.RoleMissing)), ct);
        return Reply.Refuse<Empty>(new Refusal(Reason.RoleMissing), decision);
    }

    // All that is behind the cursor; the cursor behind all that.
    private async Task<Cursor> SendAsync(Cursor cursor, string? group, bool onlyPending, Func<WatchApprovalsResponse, Task> send, CancellationToken ct)
    {
        while (true)
        {
            await using var command = database.CreateCommand(Changes);
            command.Parameters.Add(new NpgsqlParameter<ulong> { TypedValue = cursor.Xid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = cursor.Id });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = group });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = onlyPending });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
            var rows = await ApprovalRow.ReadAsync(command, ct);
            foreach (var row in rows)
            {
                cursor = new(row.Xid, row.Id.Value);
                await send(new WatchApprovalsResponse { Approval = ApprovalMessages.Of(row), Cursor = cursor.ToString() });
            }

            if (rows.Count < Page) return cursor;
        }
    }

    /// <summary>How far a watcher has come: the transaction, and within it the approval.</summary>
    private readonly record struct Cursor(ulong Xid, Guid Id)
    {
        public static Cursor? Parse(string text)
        {
            var parts = text.Split(':');
            return parts.Length == 2 && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var xid)
                && Guid.TryParseExact(parts[1], "D", out var id) ? new(xid, id) : null;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Xid}:{Id}");
    }
}
