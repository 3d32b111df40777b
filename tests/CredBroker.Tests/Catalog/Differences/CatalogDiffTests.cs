using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Differences;

namespace CredBroker.Tests.Catalog.Differences;

public sealed class CatalogDiffTests
{
    [Fact]
    public void Equal_catalogs_differ_in_nothing_even_when_written_otherwise()
    {
        var one = Snapshot(CatalogText.Of());
        var other = Snapshot("# reordered\n" + CatalogText.Of(workloads: """
            workloads:
              agent:
                allow: [{resource: acme/*, tool: tickets, actions: ["read"]}]
                attest: [unix: {uid: 1000}]
                class: support
                owner: 'team-support'
                spiffe_id: spiffe://example.test/agent
            """));

        Assert.Empty(CatalogDiff.Between(one, one));
        Assert.Empty(CatalogDiff.Between(one, other));
        Assert.Empty(CatalogDiff.Between(CatalogSnapshot.Empty, CatalogSnapshot.Empty));
    }

    [Fact]
    public void The_first_catalog_is_all_additions() => AssertLines(CatalogSnapshot.Empty, Snapshot(CatalogText.Of()),
        "trust domain \"ci.example.test\" added: vouches with JWTs (widens)",
        "trust domain \"example.test\" added: vouches with X.509-SVIDs (widens)",
        "trust domain \"svid.test\" added: vouches with JWTs (widens)",
        "tool \"tickets\" added: audience https://tickets.example.test, actions close and read (widens)",
        "workload \"spiffe://example.test/agent\" added: \"agent\", owner team-support, class support, allows 1, serves 0 (widens)",
        "file \"base.cedar\" added",
        "file \"bundle.pem\" added",
        "file \"keys.json\" added");

    [Theory]
    [InlineData("owner: team-support", "owner: team-other", "owner team-support -> team-other")]
    [InlineData("class: support", "class: batch", "class support -> batch")]
    [InlineData("  agent:", "  helper:", "name agent -> helper")]
    [InlineData("{ uid: 1000 }", "{ uid: 1000, gid: 5 }", "can be attested by unix:uid:1000 and unix:gid:5 (widens)", "can no longer be attested by unix:uid:1000 (narrows)")]
    [InlineData("resource: acme/*", "resource: acme/**", "allows tickets.read on acme/** where limit is 1 to 100 and state is one of \"closed\", \"open\", was tickets.read on acme/* where limit is 1 to 100 and state is one of \"closed\", \"open\" (widens)")]
    [InlineData("actions: [read]", "actions: [close, read]", "allows tickets.close on acme/* (widens)")]
    [InlineData("resource: acme/*", "resource: acme/*\n      - {tool: tickets, actions: [read], resource: acme/x}", "allows tickets.read on acme/x where limit is 1 to 100 and state is one of \"closed\", \"open\"")]
    [InlineData("resource: acme/*", "resource: acme/*\n    serves: [https://tickets.example.test]", "serves https://tickets.example.test (widens)")]
    [InlineData("resource: acme/*", "resource: acme/*\n    limits: {live_tasks: 1, calls_per_second: 500, max_time_to_live: 90m, max_budget: 2, children: 3}",
        "live_tasks 1000 -> 1 (narrows)", "calls_per_second 100 -> 500 (widens)", "max_time_to_live 1h -> 90m (widens)", "max_budget 1000 -> 2 (narrows)",
        "children 16 -> 3 (narrows)")]
    public void What_changes_of_a_workload_is_told(string from, string to, params string[] expected) =>
        AssertLines(Snapshot(CatalogText.Of()), Snapshot(Replaced(from, to)), [.. expected.Select(e => $"workload \"spiffe://example.test/agent\": {e}")]);

    [Theory]
    [InlineData("audience: https://tickets.example.test", "audience: https://t.example.test", "tool \"tickets\": audience https://tickets.example.test -> https://t.example.test")]
    [InlineData("egress: false", "egress: false\n    bearer: true", "tool \"tickets\": bearer no -> yes (widens)")]
    [InlineData("risk: write", "risk: privileged", "tool \"tickets\", action \"close\": risk write -> privileged",
        "tool \"tickets\", action \"close\": longest token 5m -> 1m (narrows)", "tool \"tickets\", action \"close\": use of a token more than once yes -> no (narrows)")]
    [InlineData("risk: write", "risk: write\n        data: secret\n        egress: true", "tool \"tickets\", action \"close\": data internal -> secret", "tool \"tickets\", action \"close\": egress no -> yes")]
    [InlineData("      close:", "      shut:", "tool \"tickets\", action \"close\" removed (narrows)", "tool \"tickets\", action \"shut\" added: write, internal data (widens)")]
    [InlineData("          page: long\n", "", "tool \"tickets\", action \"read\": parameter page any long -> nothing")]
    [InlineData("page: long", "page: {min: 1, max: 5}", "tool \"tickets\", action \"read\": parameter page any long -> 1 to 5",
        "workload \"spiffe://example.test/agent\": allows tickets.read on acme/* where limit is 1 to 100, page is 1 to 5 and state is one of \"closed\", \"open\", was tickets.read on acme/* where limit is 1 to 100 and state is one of \"closed\", \"open\" (narrows)")]
    [InlineData("resources: [acme/**]", "resources: [acme/*]", "tool \"tickets\", action \"read\": resources acme/** -> acme/*")]
    public void What_changes_of_a_tool_is_told(string from, string to, params string[] expected) =>
        AssertLines(Snapshot(CatalogText.Of()), Snapshot(Replaced(from, to)), expected);

    [Theory]
    [InlineData("profile: oidc", "profile: jwt_svid", "profile oidc -> jwt_svid")]
    [InlineData("issuer: https://ci.example.test", "issuer: https://ci2.example.test", "issuer https://ci.example.test -> https://ci2.example.test")]
    [InlineData("audiences: [credbroker]\n      jwks_url", "audiences: [broker]\n      jwks_url", "accepts audience broker (widens)", "no longer accepts audience credbroker (narrows)")]
    [InlineData("jwks_url: https://ci.example.test/keys", "jwks_file: keys.json", "keys https://ci.example.test/keys -> file keys.json")]
    [InlineData("jwks_url: https://ci.example.test/keys", "jwks_url: https://ci.example.test/keys\n    x509: {bundle_file: bundle.pem}", "x509 no -> yes (widens)")]
    public void What_changes_of_a_trust_domain_is_told(string from, string to, params string[] expected) =>
        AssertLines(Snapshot(CatalogText.Of()), Snapshot(Replaced(from, to)), [.. expected.Select(e => $"trust domain \"ci.example.test\": {e}")]);

    [Fact]
    public void What_changes_of_the_broker_and_of_people_is_told()
    {
        var old = Snapshot(CatalogText.Of(rest: """
            broker: {delegation_depth: 3}
            admins: {a: {uid: 1, roles: [viewer, approver]}, b: {uid: 2, roles: [approver]}, c: {uid: 3, roles: [viewer]}}
            approver_groups: {g: [a], h: [a]}
            """));
        var @new = Snapshot(CatalogText.Of(rest: """
            broker: {delegation_depth: 4, limits: {max_budget: 5}}
            ttl: {read: 20m, privileged: 30s}
            prompts: {store: digest}
            admins: {a: {uid: 1, roles: [operator, approver]}, b: {uid: 4, roles: [approver]}, d: {uid: 3, roles: [viewer]}}
            approver_groups: {g: [a, b], i: [b]}
            """));

        AssertLines(old, @new,
            "broker: delegation_depth 3 -> 4 (widens)",
            "ttl: read 10m -> 20m (widens)",
            "ttl: privileged 1m -> 30s (narrows)",
            "prompts: store scrubbed -> digest",
            "tool \"tickets\", action \"read\": longest token 10m -> 20m (widens)",
            "workload \"spiffe://example.test/agent\": max_budget 1000 -> 5 (narrows)",
            "admin \"a\": gains role operator (widens)",
            "admin \"a\": loses role viewer (narrows)",
            "admin \"b\": proof unix:uid:2 -> unix:uid:4",
            "admin \"c\" removed (narrows)",
            "admin \"d\" added: unix:uid:3, viewer (widens)",
            "approver group \"g\": gains member b (widens)",
            "approver group \"h\" removed (narrows)",
            "approver group \"i\" added: b (widens)");
    }

    [Fact]
    public void Of_files_it_is_told_that_they_changed()
    {
        var files = CatalogText.Files(CatalogText.Of());
        var old = Snapshot([.. files, ("a.cedar", "permit (principal, action, resource);"u8.ToArray()), ("b.cedar", default)]);
        var @new = Snapshot([.. files, ("a.cedar", "forbid (principal, action, resource);"u8.ToArray()), ("c.cedar", default)]);

        AssertLines(old, @new, "file \"a.cedar\" changed", "file \"b.cedar\" removed", "file \"c.cedar\" added");
        AssertLines(@new, old, "file \"a.cedar\" changed", "file \"b.cedar\" added", "file \"c.cedar\" removed");
    }

    [Fact]
    public void Going_back_widens_what_going_there_narrowed()
    {
        var one = Snapshot(CatalogText.Of());
        var other = Snapshot(Replaced("resource: acme/*", "resource: acme/x\n    limits: {live_tasks: 3}"));

        Assert.All(CatalogDiff.Between(one, other), d => Assert.Equal(DifferenceEffect.Narrows, d.Effect));
        Assert.All(CatalogDiff.Between(other, one), d => Assert.Equal(DifferenceEffect.Widens, d.Effect));
        Assert.Equal(CatalogDiff.Between(one, other).Count, CatalogDiff.Between(other, one).Count);
    }

    [Fact]
    public void Every_difference_is_one_line()
    {
        var evil = Snapshot(CatalogText.Of(workloads: """
            workloads:
              agent:
                spiffe_id: spiffe://example.test/agent
                owner: "team (widens) \\n x"
                class: support
                attest: [{jwt: {trust_domain: ci.example.test, claims: {"a\u0301": "b c"}}}]
            """));

        Assert.All(CatalogDiff.Between(CatalogSnapshot.Empty, evil), d => Assert.DoesNotContain(d.ToString(), char.IsControl));
    }

    private static string Replaced(string from, string to)
    {
        var text = CatalogText.Of();
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    private static void AssertLines(CatalogSnapshot old, CatalogSnapshot @new, params string[] expected) =>
        Assert.Equal(expected, CatalogDiff.Between(old, @new).Select(d => d.ToString()));

    private static CatalogSnapshot Snapshot(string yaml) => Snapshot(CatalogText.Files(yaml));

    private static CatalogSnapshot Snapshot((string Name, ReadOnlyMemory<byte> Content)[] files)
    {
        var reading = CatalogReader.Read(files);
        Assert.True(reading is CatalogReading.Valid, Encoding.UTF8.GetString(files[0].Content.Span) + string.Join('\n', CatalogText.Problems(reading)));
        return ((CatalogReading.Valid)reading).As(1);
    }
}
