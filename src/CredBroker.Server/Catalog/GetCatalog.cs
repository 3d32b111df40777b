using System.Text.Json;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;

using CredBroker.V1;

namespace CredBroker.Server.Catalog;

/// <summary>GetCatalog: the files of a version; version 0 asks for the one in force. Refusals: no such version.</summary>
internal sealed class GetCatalog(IDbContextFactory<BrokerDb> databases)
{
    public async Task<Reply<GetCatalogResponse>> HandleAsync(GetCatalogRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        if (request.Version < 0) fields.Refuse(Reason.FieldOutOfRange, "version", "0, or a version");
        if (fields.Refusal is { } malformed) return Reply.Refuse<GetCatalogResponse>(malformed);

        await using var db = await databases.CreateDbContextAsync(ct);
        var version = request.Version == 0 ? await db.CatalogHead.Select(head => head.Version).SingleAsync(ct) : request.Version;
        if (version == 0) return Reply.Of(new GetCatalogResponse());
        if (await db.CatalogVersions.SingleOrDefaultAsync(row => row.Version == version, ct) is not { } found)
            return Reply.Refuse<GetCatalogResponse>(new(Reason.FieldOutOfRange, "version", "there is no such version"));

        var files = JsonSerializer.Deserialize<Dictionary<string, string>>(found.Files) ?? [];
        return Reply.Of(new GetCatalogResponse
        {
            Version = found.Version, Digest = ByteString.CopyFrom(found.Digest), AppliedAt = found.AppliedAt.ToTimestamp(), AppliedBy = found.AppliedBy,
            Files = { files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new CatalogFile { Name = file.Key, Content = ByteString.CopyFromUtf8(file.Value) }) },
        });
    }
}
