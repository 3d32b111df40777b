using CredBroker.Core.Audit;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class AuditAppenderTests(Postgres postgres)
{
    [Fact]
    public async Task An_entry_is_kept_byte_for_byte_under_its_leaf_hash()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = Guid.CreateVersion7(TestLedger.Now);
        var decision = Guid.CreateVersion7(TestLedger.Now);
        var entry = AuditEntry.Of(Guid.CreateVersion7(TestLedger.Now), AuditKind.MintDenied, task, decision, """{ "b":1,"a" : "é\u0000" }""");

        await ledger.Audit.AppendAsync(entry, TestLedger.Ct);

        Assert.True(await ledger.ScalarAsync<bool>("""
            SELECT kind = 2 AND task_id = $2 AND decision_id = $3 AND payload::text = $4 AND leaf_hash = sha256('\x00'::bytea || convert_to($4, 'UTF8'))
            FROM audit_entries WHERE id = $1
            """, entry.Id, task, decision, entry.Payload));
    }

    [Fact]
    public async Task An_entry_may_concern_no_task_and_no_decision()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);

        await ledger.Audit.AppendAsync(Entry("{}"), TestLedger.Ct);

        Assert.True(await ledger.ScalarAsync<bool>("SELECT task_id IS NULL AND decision_id IS NULL FROM audit_entries"));
    }

    [Fact]
    public async Task Many_at_once_are_all_appended_and_the_same_one_again_changes_nothing()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var entries = Enumerable.Range(0, 1_000).Select(i => Entry($$"""{"n":{{i}}}""")).ToList();

        await Task.WhenAll(entries.Concat(entries).Select(entry => ledger.Audit.AppendAsync(entry, TestLedger.Ct).AsTask()));

        Assert.Equal(1_000L, await ledger.ScalarAsync<long>("SELECT count(DISTINCT payload::text) FROM audit_entries"));
        Assert.Equal(1_000L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }

    [Fact]
    public async Task An_entry_that_is_not_json_or_lies_in_no_partition_fails_alone()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ancient = AuditEntry.Of(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), AuditKind.MintDenied, null, null, "{}");
        AuditEntry[] entries = [Entry("{}"), Entry("{"), ancient, Entry("{}"), Entry("{}")];

        var appends = entries.Select(entry => ledger.Audit.AppendAsync(entry, TestLedger.Ct).AsTask()).ToList();

        await Assert.ThrowsAsync<PostgresException>(() => appends[1]);
        await Assert.ThrowsAsync<PostgresException>(() => appends[2]);
        await Task.WhenAll(appends[0], appends[3], appends[4]);
        Assert.Equal(3L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }

    private static AuditEntry Entry(string payload) =>
        AuditEntry.Of(Guid.CreateVersion7(TestLedger.Now), AuditKind.AttestationRefused, null, null, payload);
}
