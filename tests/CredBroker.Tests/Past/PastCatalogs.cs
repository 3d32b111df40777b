using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Past;

/// <summary>Catalogs that decided, and others that did not: one text, changed in what a catalog can change, with policies by chance.</summary>
internal static class PastCatalogs
{
    public const string Agent = "spiffe://example.test/agent";
    public const string Helper = "spiffe://example.test/helper";
    public const string Backend = "spiffe://example.test/backend";

    public const string Permit = "permit (principal, action, resource);";

    private const string Yaml = """
        broker: { delegation_depth: 2 }
        trust_domains: { example.test: {} }
        tools:
          tickets:
            audience: https://tickets.example.test
            data: internal
            egress: false
            actions:
              read: { risk: read, parameters: { state: string } }
              write: { risk: write }
          mail:
            audience: https://mail.example.test
            data: internal
            egress: true
            bearer: true
            actions: { send: { risk: write } }
          vault:
            audience: https://tickets.example.test
            data: secret
            egress: false
            actions: { open: { risk: privileged } }
        workloads:
          agent:
            spiffe_id: spiffe://example.test/agent
            owner: tests
            class: agent
            attest: [ { join_token: true } ]
            allow:
              - { tool: tickets, actions: [read, write], resource: acme/** }
              - { tool: mail, actions: [send], resource: customers/* }
              - { tool: vault, actions: [open], resource: box/1 }
            limits: { max_time_to_live: 2h, max_budget: 1000, children: 100 }
          helper:
            spiffe_id: spiffe://example.test/helper
            owner: tests
            class: batch
            attest: [ { join_token: true } ]
            allow:
              - { tool: tickets, actions: [read, write], resource: acme/** }
              - { tool: mail, actions: [send], resource: customers/* }
            limits: { max_time_to_live: 2h, max_budget: 1000, children: 100 }
          backend:
            spiffe_id: spiffe://example.test/backend
            owner: tests
            class: backend
            attest: [ { join_token: true } ]
            serves: [ https://tickets.example.test, https://mail.example.test ]
        admins:
          ada: { uid: 60001, roles: [approver] }
        approver_groups:
          sre: [ada]
        """;

    private static readonly (string From, string To)[] s_changes =
    [
        ("data: internal\n    egress: false", "data: confidential\n    egress: false"),
        ("egress: true\n", "egress: false\n"),
        ("write: { risk: write }", "write: { risk: read }"),
        ("send: { risk: write }", "send: { risk: privileged }"),
        ("actions: [read, write], resource: acme/**", "actions: [read], resource: acme/**"),
        ("customers/*", "customers/1"),
        ("bearer: true", "bearer: false"),
        ("delegation_depth: 2", "delegation_depth: 1"),
        ("class: batch", "class: agent"),
        ("serves: [ https://tickets.example.test, https://mail.example.test ]", "serves: [ https://tickets.example.test ]"),
        ("limits: { max_time_to_live: 2h", "limits: { max_time_to_live: 5m"),
    ];

    private static readonly string[] s_rules =
    [
        """forbid (principal, action in Action::"egress", resource) when { context.task.history.data.containsAny(["confidential", "secret"]) };""",
        """forbid (principal, action == Action::"tickets.read", resource) when { context.task.history.egress };""",
        """forbid (principal, action == Action::"mail.send", resource) unless { context.task.history.tools.contains("tickets") };""",
        """forbid (principal, action in Action::"write", resource) when { context.task.history.writes >= 3 };""",
        """forbid (principal, action in Action::"read", resource) when { context.task.history.reads >= context.task.history.writes + 2 };""",
        """forbid (principal, action == Action::"mail.send", resource) when { context.task.history.by_tool.tickets < 2 };""",
        """forbid (principal, action, resource) when { context.task.issued >= 6 };""",
        """forbid (principal, action, resource) when { context.task.remaining_budget < 10 };""",
        """forbid (principal, action, resource) when { context.task.history.privileged > 0 };""",
        """forbid (principal, action, resource) when { context.task.depth > 0 && context.phase == "mint" };""",
        """forbid (principal, action, resource) when { context.task.age > duration("3m") };""",
        """forbid (principal, action, resource) when { context.now > datetime("2026-11-20T12:00:00Z") };""",
        """forbid (principal, action, resource) when { principal.attested_by == "jwt" };""",
        """forbid (principal, action, resource) when { context.task.intent like "*odd*" } unless { context.approved };""",
        """forbid (principal, action, resource) when { context.path like "*/2" };""",
        """forbid (principal, action == Action::"tickets.read", resource) when { context.parameters has state && context.parameters.state == "closed" };""",
        """forbid (principal in Class::"batch", action in Action::"write", resource);""",
        """@max_ttl("30s") permit (principal, action in Action::"write", resource);""",
        """@single_use @obligation("log it") permit (principal, action == Action::"mail.send", resource);""",
        """@approvers("sre") permit (principal, action in Action::"privileged", resource) when { context.approved };""",
        """@approvers("sre") permit (principal, action in [Action::"write", Action::"privileged"], resource) when { context.approved };""",
    ];

    /// <summary>A catalog by chance; with version 0 a candidate, which has none.</summary>
    public static CatalogSnapshot Make(Mutations random, int version)
    {
        var yaml = Yaml;
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            var (from, to) = s_changes[random.Next(s_changes.Length)];
            yaml = yaml.Replace(from, to, StringComparison.Ordinal);
        }

        var rules = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => s_rules[random.Next(s_rules.Length)]).Distinct().ToList();
        // An approver who could never make a difference is a mistake.
        if (!rules.Exists(rule => rule.Contains("context.approved", StringComparison.Ordinal))) rules.RemoveAll(rule => rule.StartsWith("@approvers", StringComparison.Ordinal));
        var permit = random.Next(3) == 0 ? """permit (principal, action in Action::"read", resource);""" : Permit;
        return Read(version, yaml, string.Join('\n', [permit, .. rules]));
    }

    /// <summary>The catalog with these policies and nothing else changed.</summary>
    public static CatalogSnapshot With(string policies, int version = 1) => Read(version, Yaml, policies);

    /// <summary>The catalog with something changed.</summary>
    public static CatalogSnapshot With(string policies, string from, string to) =>
        Read(1, Yaml.Contains(from, StringComparison.Ordinal) ? Yaml.Replace(from, to, StringComparison.Ordinal) : throw new ArgumentException(from), policies);

    private static CatalogSnapshot Read(int version, string yaml, string policies)
    {
        var reading = CatalogReader.Read(
            [("broker.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(yaml)), ("policies.cedar", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(policies))]);
        return reading is CatalogReading.Valid valid
            ? valid.As(version)
            : throw new ArgumentException($"{policies}\n{string.Join('\n', ((CatalogReading.Invalid)reading).Problems)}");
    }
}
