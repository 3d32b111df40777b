using System.Text;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Policies;
using CredBroker.Tests.Tokens;

namespace CredBroker.Tests.Audit;

/// <summary>As <see cref="AuditPayloadsTests"/>: the exact text is a contract.</summary>
public sealed class UsePayloadsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
    private static readonly TaskId Task = Mints.Live.Id;

    [Fact]
    public void An_allowed_call_is_recorded_with_all_that_explains_it()
    {
        var use = Uses.Allow(Uses.Ask, Uses.Known);
        Check(
            UsePayloads.Authorized(Now, use), AuditKind.UseAuthorized, Task, Uses.Ask.Decision,
            $$$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"UseAuthorized","task":"{{{Task}}}","decision":"{{{Uses.Ask.Decision}}}","use":"{{{use.Id}}}","jti":"{{{use.Jti}}}","root":"{{{Task}}}","workload":"spiffe://example.org/agents/triage","initiator":"user:alice@example.org","backend":"spiffe://example.org/backends/issues","audience":"https://github.issues.example.org","iat":{{{Uses.Token.IssuedAt.ToUnixTimeSeconds()}}},"call":{"tool":"github.issues","action":"read","resource":"acme/api/7"},"catalog":7,"history_version":3,"policy":{"outcome":"allow","catalog":7,"catalog_digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","phase":"authorize","principal":"Workload::\"triage\"","attested_by":"unix_peer","inputs":{},"evaluations":[{"approved":false,"allows":true,"deciding":["p.cedar#1"]}]}}
            """);
    }

    [Fact]
    public void A_denied_call_is_recorded_with_its_true_reason_and_the_token_if_there_is_one()
    {
        Check(
            UsePayloads.Denied(Now, Uses.Ask, Uses.Token, new(Reason.UsesSpent), EvidenceKind.Jwt, null), AuditKind.UseDenied, Task, Uses.Ask.Decision,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"UseDenied","task":"{{Task}}","decision":"{{Uses.Ask.Decision}}","jti":"{{Uses.Token.Jti}}","audience":"https://github.issues.example.org","iat":{{Uses.Token.IssuedAt.ToUnixTimeSeconds()}},"attested_by":"jwt","backend":"spiffe://example.org/backends/issues","call":{"tool":"github.issues","action":"read","resource":"acme/api/7"},"reason":"UsesSpent"}
            """);
        Check(
            UsePayloads.Denied(Now, Uses.Ask, null, new(Reason.UnknownToken), null, null), AuditKind.UseDenied, null, Uses.Ask.Decision,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"UseDenied","decision":"{{Uses.Ask.Decision}}","backend":"spiffe://example.org/backends/issues","call":{"tool":"github.issues","action":"read","resource":"acme/api/7"},"reason":"UnknownToken"}
            """);
    }

    [Fact]
    public void A_token_that_is_bound_to_nothing_or_good_for_one_call_is_recorded_as_such()
    {
        var token = Uses.Token with { Binding = new Binding.Bearer(), Uses = 1 };
        var denied = UsePayloads.Denied(Now, Uses.Ask, token, new(Reason.UsesSpent), null, null).Payload;
        var allowed = UsePayloads.Authorized(Now, Uses.Allow(Uses.Ask, Uses.Known with { Token = Uses.Token with { Uses = 1 } })).Payload;

        Assert.Contains($"\"iat\":{token.IssuedAt.ToUnixTimeSeconds()},\"bearer\":true,\"counted\":true,\"backend\"", denied, StringComparison.Ordinal);
        Assert.Contains($"\"iat\":{token.IssuedAt.ToUnixTimeSeconds()},\"counted\":true,\"call\"", allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_denial_by_policies_names_the_version_of_the_history_that_they_saw()
    {
        var facts = Uses.Known with { Policies = Policed.By("""permit (principal, action in Action::"write", resource);""", Mints.Rule) };
        var denied = Assert.IsType<AuthorizeDecision.Denied>(Authorizing.Decide(Uses.Ask, facts, Uses.Now));

        var payload = UsePayloads.Denied(Now, Uses.Ask, Uses.Token, denied.Refusal, EvidenceKind.UnixPeer, denied.Policy).Payload;

        Assert.Contains("\"history_version\":3,\"phase\":\"authorize\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_says_whose_word_it_is()
    {
        Check(
            UsePayloads.Result(Now, Task, Uses.Token.Jti, "spiffe://example.org/backends/issues", selfReported: false, CallOutcome.Failed, "404"),
            AuditKind.ResultRecorded, Task, null,
            $$"""
            {"at":"2026-11-20T11:53:00+00:00","kind":"ResultRecorded","task":"{{Task}}","jti":"{{Uses.Token.Jti}}","by":"spiffe://example.org/backends/issues","source":"enforcement_point","outcome":"Failed","result_fragment":"404"}
            """);
        Assert.EndsWith(
            "\"source\":\"agent\",\"outcome\":\"Completed\"}",
            UsePayloads.Result(Now, Task, Uses.Token.Jti, "spiffe://example.org/a", selfReported: true, CallOutcome.Completed, null).Payload,
            StringComparison.Ordinal);
    }

    private static void Check(AuditEntry entry, AuditKind kind, TaskId? task, DecisionId? decision, string payload)
    {
        Assert.Equal(payload, entry.Payload);
        Assert.Equal((kind, task?.Value, decision?.Value), (entry.Kind, entry.TaskId, entry.DecisionId));
        Assert.Null(StrictJson.Parse(Encoding.UTF8.GetBytes(payload), out _));
    }
}
