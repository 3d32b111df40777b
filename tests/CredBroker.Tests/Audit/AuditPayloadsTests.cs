using System.Security.Cryptography;
using System.Text;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;

namespace CredBroker.Tests.Audit;

/// <summary>The record is read by programs and kept for years: its exact text is a contract.</summary>
public sealed class AuditPayloadsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
    private static readonly TaskId Task = TaskId.Of(Guid.Parse("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
    private static readonly DecisionId Decision = DecisionId.Of(Guid.Parse("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"));
    private static readonly MintAsk Ask = Mints.Ask with { Task = Task, Decision = Decision };

    [Fact]
    public void A_minted_token_is_recorded_with_all_that_explains_it()
    {
        var facts = (Mints.Known with { Task = Mints.Live with { Id = Task, Root = Task } }).With(Mints.Rule with { SingleUse = true });
        var grant = Mints.Approve(Ask, facts, Now);

        Check(
            AuditPayloads.TokenMinted(Now, grant, "read the \"issues\""), AuditKind.TokenMinted, Task, Decision,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TokenMinted","task":"{{Task}}","decision":"{{Decision}}","jti":"{{grant.Jti}}","root":"{{Task}}","workload":"spiffe://example.org/agents/triage","initiator":"user:alice@example.org","audience":"https://github.issues.example.org","capability":{"tool":"github.issues","action":"read","resource":"acme/api/*"},"binding":"jkt:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs","iat":{{Now.ToUnixTimeSeconds()}},"exp":{{Now.AddMinutes(5).ToUnixTimeSeconds()}},"uses":1,"catalog":7,"history_version":3,"adds":["data:internal","tool:github.issues","risk:read"],"policy":{"outcome":"allow","catalog":7,"catalog_digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","phase":"mint","principal":"Workload::\"triage\"","attested_by":"unix_peer","inputs":{},"evaluations":[{"approved":false,"allows":true,"deciding":["p.cedar#1"]}]},"prompt_fragment":"read the \"issues\""}
            """);
    }

    [Fact]
    public void What_a_minted_token_does_not_have_is_left_out()
    {
        var task = Mints.Live with { Id = Task, Root = Task, History = ["risk:read", "data:internal", "tool:github.issues"] };
        var payload = AuditPayloads.TokenMinted(Now, Mints.Approve(Ask, Mints.Known with { Task = task }, Now), null).Payload;
        foreach (var absent in new[] { "uses", "adds", "prompt_fragment", "null" }) Assert.DoesNotContain(absent, payload, StringComparison.Ordinal);
    }

    [Fact]
    public void A_denied_mint_is_recorded_with_its_true_reason() => Check(
        AuditPayloads.MintDenied(Now, Ask, new(Reason.ResourceOutsideEnvelope, "f", "d"), null), AuditKind.MintDenied, Task, Decision,
        $$"""
        {"at":"2026-11-20T11:53:00+00:00","kind":"MintDenied","task":"{{Task}}","decision":"{{Decision}}","workload":"spiffe://example.org/agents/triage","capability":{"tool":"github.issues","action":"read","resource":"acme/api/*"},"binding":"jkt:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs","attested_by":"unix_peer","reason":"ResourceOutsideEnvelope","field":"f","detail":"d"}
        """);

    [Fact]
    public void What_policies_decided_is_recorded_with_what_they_looked_at()
    {
        const string Text = """
            @id("sre-may") @approvers("sre") @quorum("2") @max_ttl("60s") @single_use @obligation("log \"it\"")
            permit (principal, action, resource) when {
              context.approved && context.path == "acme/api" && context.task.depth == 0 && context.task.age < duration("2h")
              && context.task.history.data.containsAll(["internal"]) && context.now > datetime("2026-11-20") };
            permit (principal, action, resource) when { context.task.depth + 9223372036854775807 > context.task.depth + 9223372036854775807 + 1 };
            """;
        var ask = Ask with { Capability = Make.Capability("github.issues", "read", "acme/api") };
        var facts = (Mints.Known with { Task = Mints.Live with { Id = Task, Root = Task, History = ["data:internal"], CreatedAt = Now.AddSeconds(-90) } }).With(Text);
        var needed = Assert.IsType<MintDecision.NeedsApproval>(Minting.Decide(ask, facts, Now)).Judgement;

        var payload = AuditPayloads.MintDenied(Now, ask, new(Reason.ApprovalRequired), new(facts.CatalogVersion, facts.CatalogDigest, needed)).Payload;

        Assert.Equal(
            """
            "reason":"ApprovalRequired","policy":{"outcome":"needs_approval","catalog":7,"catalog_digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","phase":"mint","principal":"Workload::\"triage\"","attested_by":"unix_peer","inputs":{"task":{"depth":0,"age":"90000ms","history":{"data":["internal"]}},"path":"acme/api","now":"2026-11-20T11:53:00.000Z","approved":false},"evaluations":[{"approved":false,"allows":false,"deciding":[],"errors":["p.cedar#2: p.cedar:5:88: the result does not fit into 64 bits"]},{"approved":true,"allows":true,"deciding":["sre-may"],"errors":["p.cedar#2: p.cedar:5:88: the result does not fit into 64 bits"]}],"approvers":["sre"],"quorum":2,"terms":{"max_ttl":60,"single_use":true,"obligations":["log \"it\""]}}}
            """, payload[payload.IndexOf("\"reason\"", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void A_started_task_is_recorded_with_its_texts_as_they_are_kept()
    {
        var ask = Facts.Ask(Now) with { Task = Task, Decision = Decision, Intent = "use password=hunter2", PromptFragment = "token=abcdef12" };
        var started = Assert.IsType<StartDecision.Approved>(Starting.Decide(ask, Facts.Start(), Now)).Task;
        Check(
            AuditPayloads.TaskStarted(started), AuditKind.TaskStarted, Task, Decision,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TaskStarted","task":"{{Task}}","decision":"{{Decision}}","workload":"spiffe://example.org/agents/triage","initiator":"user:alice@example.org","intent":"use password=[scrubbed]","prompt_fragment":"token=[scrubbed]","envelope":[{"tool":"github.issues","action":"read","resource":"acme/**"},{"tool":"mail","action":"send","resource":"outbox/*"}],"deadline":"2026-11-20T12:23:00+00:00","budget":100,"catalog":7}
            """);
    }

    [Fact]
    public void A_task_that_may_not_start_is_recorded_without_the_texts_that_nobody_scrubbed()
    {
        var ask = Facts.Ask(Now) with { Decision = Decision, Intent = "use password=hunter2", PromptFragment = "token=abcdef12" };
        Check(
            AuditPayloads.StartDenied(Now, ask, new(Reason.ActionNotAllowed, "envelope[1]")), AuditKind.TaskDenied, null, Decision,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TaskDenied","decision":"{{Decision}}","rpc":"StartTask","workload":"spiffe://example.org/agents/triage","initiator":"user:alice@example.org","envelope":[{"tool":"github.issues","action":"read","resource":"acme/**"},{"tool":"mail","action":"send","resource":"outbox/*"}],"reason":"ActionNotAllowed","field":"envelope[1]"}
            """);
    }

    [Fact]
    public void A_denial_about_a_task_names_caller_and_call() => Check(
        AuditPayloads.TaskDenied(Now, Decision, Task, "spiffe://example.org/agents/other", "GetTask", new(Reason.NotYourTask)),
        AuditKind.TaskDenied, Task, Decision,
        $$"""
        {"at":"2026-11-20T11:53:00+00:00","kind":"TaskDenied","task":"{{Task}}","decision":"{{Decision}}","rpc":"GetTask","caller":"spiffe://example.org/agents/other","reason":"NotYourTask"}
        """);

    [Fact]
    public void An_ended_task_says_why_by_whom_and_what_ended_with_it()
    {
        Check(
            AuditPayloads.TaskEnded(Now, Task, "spiffe://example.org/agents/triage", EndCause.HeartbeatLost, 4, "broker"),
            AuditKind.TaskEnded, Task, null,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"TaskEnded","task":"{{Task}}","workload":"spiffe://example.org/agents/triage","cause":"HeartbeatLost","tokens":4,"by":"broker"}
            """);
        Assert.EndsWith(
            "\"by\":\"admin:bob\",\"why\":\"leak\"}",
            AuditPayloads.TaskEnded(Now, Task, "spiffe://example.org/agents/triage", EndCause.Revoked, 4, "admin:bob", "leak").Payload,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoked_token_is_recorded_by_its_id() => Check(
        AuditPayloads.TokenRevoked(Now, Task, Jti.Of(Decision.Value), "admin:bob", "leak"), AuditKind.TokenRevoked, Task, null,
        $$"""
        {"at":"2026-11-20T11:53:00+00:00","kind":"TokenRevoked","task":"{{Task}}","jti":"{{Decision}}","by":"admin:bob","cause":"leak"}
        """);

    [Fact]
    public void An_applied_catalog_is_recorded_by_digest_and_differences() => Check(
        AuditPayloads.CatalogApplied(Now, 3, new byte[] { 1, 2, 255 }, "admin:bob", ["+ tool mail", "- workload \"x\""]),
        AuditKind.CatalogApplied, null, null,
        """
        {"at":"2026-11-20T11:53:00+00:00","kind":"CatalogApplied","version":3,"digest":"AQL/","by":"admin:bob","differences":["+ tool mail","- workload \"x\""]}
        """);

    [Fact]
    public void Catalogs_that_were_tried_are_recorded_by_digest_and_by_whom()
    {
        byte[] digest = [1, 2, 255];
        Check(
            CandidatePayloads.Simulated(Now, digest, Now.AddHours(-1), "admin:bob"), AuditKind.CatalogSimulated, null, null,
            """{"at":"2026-11-20T11:53:00+00:00","kind":"CatalogSimulated","digest":"AQL/","since":"2026-11-20T10:53:00+00:00","by":"admin:bob"}""");
        Check(
            CandidatePayloads.ShadowStarted(Now, digest, "admin:bob"), AuditKind.ShadowStarted, null, null,
            """{"at":"2026-11-20T11:53:00+00:00","kind":"ShadowStarted","digest":"AQL/","by":"admin:bob"}""");
        Check(
            CandidatePayloads.ShadowStopped(Now, digest, "admin:bob"), AuditKind.ShadowStopped, null, null,
            """{"at":"2026-11-20T11:53:00+00:00","kind":"ShadowStopped","digest":"AQL/","by":"admin:bob"}""");
    }

    [Fact]
    public void A_revocation_by_an_administrator_says_what_it_reached() => Check(
        AuditPayloads.AdminRevoked(Now, "admin:bob", "workload", "spiffe://example.org/a", "leak", 2, 5), AuditKind.AdminRevoked, null, null,
        """
        {"at":"2026-11-20T11:53:00+00:00","kind":"AdminRevoked","by":"admin:bob","target":"workload","subject":"spiffe://example.org/a","cause":"leak","tasks_ended":2,"tokens_revoked":5}
        """);

    [Fact]
    public void A_published_key_is_recorded_by_its_id_and_window() => Check(
        AuditPayloads.KeyPublished(Now, "k1", Task.Value, Now, Now.AddHours(1)), AuditKind.KeyPublished, null, null,
        $$"""
        {"at":"2026-11-20T11:53:00+00:00","kind":"KeyPublished","kid":"k1","replica":"{{Task}}","not_before":"2026-11-20T11:53:00+00:00","not_after":"2026-11-20T12:53:00+00:00"}
        """);

    [Fact]
    public void A_call_that_was_denied_before_its_rules_says_how_the_caller_proved_itself() => Check(
        AuditPayloads.CallDenied(Now, Decision, "anonymous", "None", "/credbroker.v1.Admin/Revoke", new(Reason.RoleMissing, Detail: "operator")),
        AuditKind.CallDenied, null, Decision,
        $$"""
        {"at":"2026-11-20T11:53:00+00:00","kind":"CallDenied","decision":"{{Decision}}","caller":"anonymous","proof":"None","method":"/credbroker.v1.Admin/Revoke","reason":"RoleMissing","detail":"operator"}
        """);

    [Fact]
    public void Texts_of_others_cannot_leave_their_strings()
    {
        var hostile = "\"},\"kind\":\"TokenMinted\",\"x\":{\"\\\u2028\n\u0001é👩";
        var entry = AuditPayloads.TokenRevoked(Now, Task, Jti.Of(Decision.Value), hostile, hostile);
        Assert.Null(StrictJson.Parse(Encoding.UTF8.GetBytes(entry.Payload), out var root));
        Assert.Equal(hostile, root.GetProperty("by").GetString());
        Assert.Equal(hostile, root.GetProperty("cause").GetString());
        Assert.Equal("TokenRevoked", root.GetProperty("kind").GetString());
    }

    [Fact]
    public void An_entry_of_no_kind_is_a_bug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AuditEntry.Of(Task.Value, AuditKind.Unspecified, null, null, "{}"));

    [Fact]
    public void The_leaf_hash_is_that_of_rfc_6962_for_short_and_long_payloads()
    {
        foreach (var length in new[] { 0, 1, 1022, 1023, 1024, 5000 })
        {
            var payload = new string('é', length / 2) + new string('a', length % 2);
            Assert.Equal(SHA256.HashData([0x00, .. Encoding.UTF8.GetBytes(payload)]), AuditEntry.LeafHashOf(payload));
        }
    }

    private static void Check(AuditEntry entry, AuditKind kind, TaskId? task, DecisionId? decision, string payload)
    {
        Assert.Equal(payload, entry.Payload);
        Assert.Equal((kind, task?.Value, decision?.Value), (entry.Kind, entry.TaskId, entry.DecisionId));
        Assert.Equal(7, entry.Id.Version);
        Assert.Equal(AuditEntry.LeafHashOf(payload), entry.LeafHash);
        // No member twice: every reader must see the same.
        Assert.Null(StrictJson.Parse(Encoding.UTF8.GetBytes(payload), out _));
    }
}
