using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;

using CredBroker.V1;
using ReplayTotals = CredBroker.Core.Past.ReplayTotals;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Past;

/// <summary>
/// Simulate: which past decisions another catalog would make otherwise (decision 21). Long work, told as it goes on; one at a time on each
/// replica, for it takes a processor. Refusals: malformed fields; another one is under way here; this replica stops.
/// </summary>
internal sealed class Simulate(
    LiveCatalog catalog, PastRecord record, PastCatalogs catalogs, AuditAppender audit, IHostApplicationLifetime lifetime, TimeProvider clock) : IDisposable
{
    private const int DefaultChanges = 100;
    private const int MostChanges = 10_000;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(31);
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);

    public async Task<Reply<Empty>> HandleAsync(SimulateRequest request, Caller caller, Func<SimulateResponse, Task> send, CancellationToken ct)
    {
        var fields = new Fields();
        var since = fields.RequiredDuration(request.Since, "since", TimeSpan.FromSeconds(1), s_longest);
        if (request.MostChanges is < 0 or > MostChanges) fields.Refuse(Reason.FieldOutOfRange, "most_changes", $"0 to {MostChanges}");
        if (fields.Refusal is { } malformed) return Reply.Refuse<Empty>(malformed);
        if (!await _one.WaitAsync(TimeSpan.Zero, ct))
            return Reply.Refuse<Empty>(new(Reason.Overloaded, Detail: "another replay is under way on this replica"), TimeSpan.FromSeconds(10));
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
            return await ReplayAsync(request, since, caller, send, stop.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Reply.Refuse<Empty>(new(Reason.ShuttingDown));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<Reply<Empty>> ReplayAsync(
        SimulateRequest request, TimeSpan since, Caller caller, Func<SimulateResponse, Task> send, CancellationToken ct)
    {
        var reading = request.Files.Count == 0 ? null : CatalogMessages.Read(request.Files);
        if (reading is CatalogReading.Invalid invalid)
        {
            await send(new() { Problems = { invalid.Problems.Select(CatalogMessages.Of) }, Done = true });
            return Reply.Of(new Empty());
        }

        var given = reading as CatalogReading.Valid;
        var candidate = given?.As(0) ?? await catalog.RefreshAsync(ct);
        var now = clock.GetUtcNow();
        var from = await record.OldestAsync(ct) is { } oldest && oldest > now - since ? oldest : now - since;
        await audit.AppendAsync(CandidatePayloads.Simulated(now, candidate.Digest.AsMemory(), from, caller.Name), ct);

        var run = new ReplayRun(candidate, catalogs, new ReplayTotals(), request.MostChanges == 0 ? DefaultChanges : request.MostChanges);
        var answer = new SimulateResponse { Problems = { (given?.Warnings ?? []).Select(CatalogMessages.Of) } };
        var told = clock.GetTimestamp();
        var after = PastRecord.FloorOf(await record.BeginningOfTreesAsync(from, ct));
        while (await record.InTimeAsync(after, PastRecord.FloorOf(now), upTo: null, ct) is { Count: > 0 } rows)
        {
            foreach (var row in rows) await run.TakeAsync(row, at => at >= from, ct);
            after = rows[^1].Id;
            if (clock.GetElapsedTime(told) < s_interval) continue;
            await send(Told(answer, run, from, PastRecord.MomentOf(after)));
            (answer, told) = (new(), clock.GetTimestamp());
        }

        run.Finish();
        var last = Told(answer, run, from, now);
        last.Done = true;
        await send(last);
        return Reply.Of(new Empty());
    }

    private static SimulateResponse Told(SimulateResponse answer, ReplayRun run, DateTimeOffset from, DateTimeOffset until)
    {
        answer.Valid = true;
        answer.From = from.ToTimestamp();
        answer.Until = (until < from ? from : until).ToTimestamp();
        answer.Totals = ReplayMessages.Of(run.Totals);
        answer.Changes.AddRange(run.TakeFound());
        return answer;
    }
}
