using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.V1;
using Google.Protobuf;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>What is too much for the broker is refused before it costs anything, with the limit and, where it helps, when to come again.</summary>
public sealed class LoadRefusalTests(Postgres postgres)
{
    private const int OneMiB = 1024 * 1024;

    [Fact]
    public async Task A_message_over_the_limit_is_not_read()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();

        var tooLarge = Story.Start().Changed(start => start.Intent = new string('x', 64 * 1024));
        var refusal = await Refused.AsAsync(Reason.MessageTooLarge, agent.Tasks.StartTaskAsync(tooLarge));
        Assert.Contains("65536 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Null(refusal.RetryAfter);   // it would be the same
        await Refused.AsAsync(Reason.MessageTooLarge, broker.OverTcp().Attestation.AttestAsync(
            new AttestRequest { Jwt = new JwtEvidence { Token = new string('x', 64 * 1024) } }), "a message of nobody in particular");

        // What the limit lets through is judged by its fields.
        var large = Story.Start().Changed(start => start.Intent = new string('x', 60 * 1024));
        await Refused.AsAsync(Reason.FieldTooLong, agent.Tasks.StartTaskAsync(large));
    }

    [Fact]
    public async Task A_catalog_may_be_as_large_as_the_contract_says_and_no_larger()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var admin = broker.OverSocket().Admin;

        var refusal = await Refused.AsAsync(Reason.MessageTooLarge, admin.ApplyCatalogAsync(Catalog(CatalogFiles.MaxTotalBytes + OneMiB)));
        Assert.Null(refusal.Field);

        // Read, and found to be full of files that nothing refers to.
        var read = await admin.ApplyCatalogAsync(Catalog(CatalogFiles.MaxTotalBytes));
        Assert.DoesNotContain(read.Problems, problem => problem.Message.Contains("too large", StringComparison.Ordinal));
        Assert.False(read.Valid);
    }

    [Fact]
    public async Task A_call_that_no_queue_has_room_for_is_refused_at_once()
    {
        await using var broker = await TestBroker.StartAsync(postgres, options =>
        {
            options.CallTimeout = TimeSpan.FromMinutes(1);
            options.Ledger.QueueLimit = 1;
            options.Ledger.LockTimeout = TimeSpan.FromSeconds(9);
            options.Ledger.Patience = TimeSpan.FromMinutes(1);
        });
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        AsyncUnaryCall<GetTaskResponse> Get() => agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task }, deadline: DateTime.MaxValue);

        AsyncUnaryCall<GetTaskResponse> underWay, waits, refused;
        await using (await HeldTable.TakeAsync(broker.Database, "tasks"))
        {
            underWay = Get();
            await broker.Database.SomebodyWaitsForALockAsync("relation");

            // One of these two finds the only place in the queue taken.
            (waits, refused) = (Get(), Get());
            if (await Task.WhenAny(waits.ResponseAsync, refused.ResponseAsync) == waits.ResponseAsync) (waits, refused) = (refused, waits);
            var refusal = await Refused.AsAsync(Reason.Overloaded, refused);
            Assert.NotNull(refusal.RetryAfter);
        }

        Assert.Equal(task, (await underWay).Task.TaskId);
        Assert.Equal(task, (await waits).Task.TaskId);
    }

    // Of files that are each within their own limit.
    private static ApplyCatalogRequest Catalog(int bytes)
    {
        var request = TestCatalog.Apply(TestCatalog.Yaml());
        for (var left = bytes - request.Files.Sum(file => file.Content.Length); left > 0; left -= OneMiB / 8)
            request.Files.Add(new CatalogFile { Name = $"{left}.json", Content = ByteString.CopyFrom(new byte[Math.Min(left, OneMiB / 8)]) });
        return request;
    }
}
