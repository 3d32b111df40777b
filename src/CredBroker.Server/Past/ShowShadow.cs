using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Wire;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Past;

/// <summary>ShowShadow: the candidate, and what it would have decided otherwise so far. Refusals: malformed fields.</summary>
internal sealed class ShowShadow(NpgsqlDataSource database)
{
    private const int DefaultChanges = 100;

    public async Task<Reply<ShowShadowResponse>> HandleAsync(ShowShadowRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        if (request.MostChanges is < 0 or > ShadowRecord.MostKept) fields.Refuse(Reason.FieldOutOfRange, "most_changes", $"0 to {ShadowRecord.MostKept}");
        if (fields.Refusal is { } malformed) return Reply.Refuse<ShowShadowResponse>(malformed);

        await using var connection = await database.OpenConnectionAsync(ct);
        var shadow = await ShadowRecord.ReadAsync(connection, request.MostChanges == 0 ? DefaultChanges : request.MostChanges, ct);
        return Reply.Of(new ShowShadowResponse { Shadow = shadow });
    }
}
