using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using ApprovalRow = CredBroker.Server.Ledger.ApprovalRow;

using CredBroker.V1;

namespace CredBroker.Server.Approvals;

/// <summary>ListApprovals, for viewers and approvers: newest first, a page at a time. Refusals: malformed fields.</summary>
internal sealed class ListApprovals(NpgsqlDataSource database, LiveCatalog catalog)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    private const string Page = $"""
        {ApprovalSql.Select} WHERE ($1::uuid IS NULL OR a.id < $1) AND ($2::uuid IS NULL OR a.id = $2) AND ($3::uuid IS NULL OR a.task_id = $3)
          AND ($4::text IS NULL OR a.groups @> ARRAY[$4]) AND ($5 = 0 OR {ApprovalSql.State} = $5)
        ORDER BY a.id DESC LIMIT $6
        """;

    public async Task<Reply<ListApprovalsResponse>> HandleAsync(ListApprovalsRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var size = fields.PageSize(request.PageSize, DefaultPage, LargestPage);
        var before = request.PageToken.Length == 0 ? null : (Guid?)fields.ApprovalId(request.PageToken, "page_token").Value;
        var only = request.ApprovalId.Length == 0 ? null : (Guid?)fields.ApprovalId(request.ApprovalId).Value;
        var task = request.TaskId.Length == 0 ? null : (Guid?)fields.TaskId(request.TaskId).Value;
        if (request.Group.Length > 0 && !CatalogName.TryParse(request.Group, out _)) fields.Refuse(Reason.FieldMalformed, "group", "a name is expected");
        if (!Enum.IsDefined(request.State)) fields.Refuse(Reason.FieldMalformed, "state", "not a state of an approval");
        if (fields.Refusal is { } malformed) return Reply.Refuse<ListApprovalsResponse>(malformed);

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(Page, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid?> { TypedValue = before }, new NpgsqlParameter<Guid?> { TypedValue = only }, new NpgsqlParameter<Guid?> { TypedValue = task },
                new NpgsqlParameter<string?> { TypedValue = request.Group.Length == 0 ? null : request.Group },
                new NpgsqlParameter<short> { TypedValue = (short)request.State }, new NpgsqlParameter<int> { TypedValue = size + 1 },
            },
        };
        var rows = await ApprovalRow.ReadAsync(command, ct);
        var votes = caller.Admin is { } name ? await Votes.CountAsync(connection, name, ct) : default;
        var response = new ListApprovalsResponse
        {
            Approvals = { rows.Take(size).Select(ApprovalMessages.Of) }, VotesLastHour = votes.LastHour,
            VotesPerHour = catalog.Current.Catalog.Settings.Approvals.PerApproverPerHour,
        };
        if (rows.Count > size) response.NextPageToken = rows[size - 1].Id.ToString();
        return Reply.Of(response);
    }
}
