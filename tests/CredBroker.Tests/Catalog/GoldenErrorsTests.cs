using CredBroker.Core.Catalog;

namespace CredBroker.Tests.Catalog;

/// <summary>What a person sees who gets much wrong at once.</summary>
public sealed class GoldenErrorsTests
{
    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_in_reading_order()
    {
        const string Yaml = """
            broker:
              delegation-depth: 3
            ttl:
              read: 2h
            trust_domains:
              example.test:
                jwt:
                  profile: svid
                  audiences: credbroker
                  jwks_file: missing.json
            tools:
              tickets:
                audience: https://tickets.example.test
                data: private
                egress: no
                actions:
                  read:
                    risk: read
                    parameters:
                      limit: { min: 10, max: 1 }
              tickets:
                audience: again
            workloads:
              Agent: {}
              agent:
                spiffe_id: spiffe://exmple.test/agent
                ownr: team
                class: &class support
                attest:
                  - unix: { executable: python3 }
                  - join_token: true
                    x509: { spiffe_id: spiffe://example.test/agent }
                allow:
                  - tool: ticket
                    actions: [read]
                    resource: acme/**/x
                  - tool: tickets
                    actions: [red]
                    resource: acme/*
                limits:
                  live_tasks: many
            """;

        var problems = CatalogText.Problems(CatalogReader.Read([("broker.yaml", System.Text.Encoding.UTF8.GetBytes(Yaml)), ("note.txt", default)]));

        Assert.Equal("""
            broker.yaml:2:3: unknown key "delegation-depth" in "broker"; expected delegation_depth or limits; did you mean "delegation_depth"?
            broker.yaml:4:9: "read" is 2h; expected a length of time from 1s to 1h, like 90s, 10m or 8h
            broker.yaml:8:16: "profile" is svid; expected jwt_svid or oidc
            broker.yaml:9:18: "audiences" is credbroker; expected a list, each item an audience
            broker.yaml:10:18: file "missing.json" is not in the catalog; expected the name of a file beside broker.yaml
            broker.yaml:14:11: "data" is private; expected public, internal, confidential or secret
            broker.yaml:15:13: "egress" is no; expected true or false
            broker.yaml:20:18: parameter "limit" has a min over its max
            broker.yaml:21:3: "tickets" is already given on line 12
            broker.yaml:24:3: "Agent" is no workload name; expected a lower-case letter, then up to 63 of a-z, 0-9, ".", "_" and "-"
            broker.yaml:26:16: trust domain "exmple.test" is not declared; did you mean "example.test"?
            broker.yaml:27:5: unknown key "ownr" in workload "agent"; expected spiffe_id, owner, class, attest, allow, serves or limits; did you mean "owner"?
            broker.yaml:28:12: anchors are not allowed; expected the value written out where it is used
            broker.yaml:30:29: "executable" is "python3"; expected the absolute path of an executable
            broker.yaml:31:9: a way to attest has x509 and join_token; expected exactly one of unix, jwt, x509 or join_token
            broker.yaml:34:15: tool "ticket" is not declared; did you mean "tickets"?
            broker.yaml:36:19: "resource" is "acme/**/x"; expected a resource path like acme/tickets; the last segment may be * (one segment) or ** (one or more)
            broker.yaml:38:19: tool "tickets" has no action "red"; did you mean "read"?
            broker.yaml:41:19: "live_tasks" is many; expected a whole number from 1 to 100000
            note.txt:1:1: nothing refers to this file; expected only files that broker.yaml names, and *.cedar
            """, string.Join('\n', problems));
    }

    [Fact]
    public void After_a_hundred_mistakes_the_rest_is_summed_up()
    {
        var problems = CatalogText.Problems(CatalogText.Read(string.Concat(Enumerable.Range(0, 500).Select(i => $"key{i}: 1\n"))));

        Assert.Equal(101, problems.Count);
        Assert.Equal("broker.yaml:101:1: more mistakes follow; these are the first", problems[^1].ToString());
        Assert.All(problems.Take(100), p => Assert.Equal(CatalogErrorKind.UnknownKey, p.Kind));
    }

    /// <summary>The list is kept by hand: a new kind needs a test that meets it, and then a line here.</summary>
    [Fact]
    public void Every_kind_of_mistake_is_met_by_some_text()
    {
        string[] texts =
        [
            "a: [", "\0", "[[[[[[[[[[[[[[[[[[", "&a {}", "tools: {}\ntools: {}", "nothing: 1", "prompts: {}", "tools: 1", "ttl: {read: 1d}", "trust_domains: {A: {}}",
            "trust_domains: {a: {jwt: {profile: oidc}}}", "trust_domains: {a: {jwt: {profile: jwt_svid, audiences: [a, a], jwks_file: x}}}", new string(' ', 1 << 21),
            CatalogText.Of().Replace("acme/*\n", "/acme\n", StringComparison.Ordinal), CatalogText.Of(trustDomains: "trust_domains: {example.test: {}}"),
            CatalogText.Of(rest: "admins: {a: {uid: 1000, roles: [viewer]}}"), string.Concat(Enumerable.Range(0, 500).Select(i => $"key{i}: 1\n")),
        ];

        string[] policies = ["permit", "forbid (principal, action, resource);"];
        var files = policies.Select(text => CatalogReader.Read([("broker.yaml", "{}"u8.ToArray()), ("p.cedar", System.Text.Encoding.UTF8.GetBytes(text))]));
        var met = texts.Select(CatalogText.Read).Concat(files).SelectMany(CatalogText.Problems).Select(p => p.Kind).ToHashSet();

        Assert.Empty(Enum.GetValues<CatalogErrorKind>().Except(met));
    }
}
