using System.Collections.Immutable;
using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Testing;

namespace CredBroker.Tests.Policies.Testing;

/// <summary>A small catalog, policies and example requests, from text.</summary>
internal static class Tested
{
    public const string Permits = """@id("all") permit (principal, action, resource);""";

    public const string Yaml = """
        broker: { delegation_depth: 2 }
        trust_domains:
          example.test: {}
        tools:
          tickets:
            audience: https://tickets.example.test
            data: confidential
            egress: false
            actions:
              read:
                risk: read
                parameters:
                  state: { one_of: [open, closed] }
                  page: long
                  mine: bool
          mail:
            audience: https://mail.example.test
            data: internal
            egress: true
            actions:
              send: { risk: write, max_ttl: 2m }
          deploy:
            audience: https://deploy.example.test
            data: internal
            egress: false
            actions:
              release: { risk: privileged }
        workloads:
          agent:
            spiffe_id: spiffe://example.test/agent
            owner: team-a
            class: agent
            attest: [join_token: true]
            allow:
              - { tool: tickets, actions: [read], resource: acme/** }
              - { tool: mail, actions: [send], resource: customers/* }
              - { tool: deploy, actions: [release], resource: services/* }
            limits: { max_budget: 50 }
          helper:
            spiffe_id: spiffe://example.test/helper
            owner: team-b
            class: helper
            attest: [unix: { uid: 7 }]
            allow:
              - { tool: tickets, actions: [read], resource: acme/support/** }
        admins:
          ada: { uid: 8, roles: [approver] }
          bob: { uid: 9, roles: [approver] }
        approver_groups:
          sre: [ada, bob]
        """;

    /// <summary>The catalog with these policies. Text that is not valid is a mistake of the test.</summary>
    public static BrokerCatalog Catalog(string policies = Permits, string rest = "")
    {
        var reading = CatalogReader.Read([("broker.yaml", Bytes($"{Yaml}\n{rest}")), ("p.cedar", Bytes(policies))]);
        Assert.True(reading is CatalogReading.Valid, reading is CatalogReading.Invalid invalid ? string.Join('\n', invalid.Problems) : "");
        return ((CatalogReading.Valid)reading).Catalog;
    }

    /// <summary>What comes of a file of cases.</summary>
    public static ImmutableArray<PolicyTestResult> Run(string cases, string policies = Permits, string rest = "")
    {
        var catalog = Catalog(policies, rest);
        Assert.True(PolicyTestReader.TryRead([("p.test.yaml", Bytes(cases))], catalog, out var read, out var problems), string.Join('\n', problems));
        return [.. read.Select(test => PolicyTesting.Run(test, catalog))];
    }

    /// <summary>What comes of one case, given as what follows its name.</summary>
    public static PolicyTestResult RunOne(string keys, string policies = Permits, string rest = "") =>
        Assert.Single(Run($"cases:\n  - name: one\n{Indented(keys)}", policies, rest));

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Indented(string text) => string.Concat(text.Split('\n').Select(line => $"    {line}\n"));
}
