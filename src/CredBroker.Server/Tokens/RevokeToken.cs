using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using TokenRow = CredBroker.Server.Ledger.TokenRow;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Tokens.Revoke (after RFC 7009): one token, by the workload that it was minted for or by an operator. Revoking twice is fine and says so.
/// Refusals: malformed fields; no such token, or not the caller's (denied, recorded, alike).
/// </summary>
internal sealed class RevokeToken(OncePerRequest once, OwnTokens own, TokenReader tokens, AuditAppender audit, TimeProvider clock)
{
    public async Task<Reply<RevokeTokenResponse>> HandleAsync(RevokeTokenRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var cause = fields.Text(request.Cause, "cause", 1, 256);
        var jti = await JtiOfAsync(request, fields, ct);
        if (fields.Refusal is { } malformed) return Reply.Refuse<RevokeTokenResponse>(malformed);

        var row = jti.IsNone ? null : await tokens.ReadAsync(jti, ct);
        var mine = row is not null && (row.Workload == caller.Workload?.ToString() || caller.Roles.HasFlag(AdminRoles.Operator));
        if (row is null || !mine) return await DenyAsync(row, caller, ct);

        return await once.RunAsync(caller, requestId, request, async transaction =>
        {
            var revoked = await RevokeAsync(transaction, row, cause, caller, ct);
            return Reply.Of(new RevokeTokenResponse { AlreadyInactive = !revoked || !row.Active });
        }, ct);
    }

    private async Task<Jti> JtiOfAsync(RevokeTokenRequest request, Fields fields, CancellationToken ct)
    {
        switch (request.SubjectCase)
        {
            case RevokeTokenRequest.SubjectOneofCase.Jti:
                return fields.Jti(request.Jti);
            case RevokeTokenRequest.SubjectOneofCase.Token when request.Token.Length <= JwsLimits.Token.MaxLength:
                return await own.VerifyAsync(request.Token, ct) is { } token ? Jti.Of(token.Id) : default;
            case RevokeTokenRequest.SubjectOneofCase.Token:
                fields.Refuse(Reason.FieldTooLong, "token", $"at most {JwsLimits.Token.MaxLength} characters");
                return default;
            default:
                fields.Refuse(Reason.FieldMissing, "jti", "a jti or a token is required");
                return default;
        }
    }

    private async Task<bool> RevokeAsync(NpgsqlTransaction transaction, TokenRow row, string cause, Caller caller, CancellationToken ct)
    {
        await using var update = new NpgsqlCommand(
            "UPDATE tokens SET revoked_at = clock_timestamp(), revoke_cause = $2 WHERE jti = $1 AND revoked_at IS NULL", transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = row.Jti.Value }, new NpgsqlParameter<string> { TypedValue = cause } },
        };
        if (await update.ExecuteNonQueryAsync(ct) == 0) return false;

        var now = clock.GetUtcNow();
        await Revocations.RecordAsync(
            transaction, new(now, RevocationKind.Token, row.Jti.ToString(), row.Audience, cause),
            AuditPayloads.TokenRevoked(now, row.TaskId, row.Jti, caller.Name, cause), ct);
        return true;
    }

    private async Task<Reply<RevokeTokenResponse>> DenyAsync(TokenRow? row, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var refusal = new Refusal(row is null ? Reason.UnknownToken : Reason.NotYourToken);
        var decision = DecisionId.New(now);
        await audit.AppendAsync(AuditPayloads.TaskDenied(now, decision, row?.TaskId, caller.Name, "Tokens.Revoke", refusal), ct);
        return Reply.Refuse<RevokeTokenResponse>(refusal, decision);
    }
}
