using System.Globalization;

namespace CredBroker.Load;

/// <summary>The catalog of the benchmark. The limits are as high as they go: nothing is measured but work.</summary>
internal static class BenchCatalog
{
    public const string Audience = "https://tickets.example.test";
    public const string Joined = "joined";

    public const int ManyPolicies = 10_000;

    /// <summary>As little policy as there can be.</summary>
    public const string OnePolicy = """permit (principal, action in [Action::"read", Action::"write", Action::"egress"], resource);""";

    // None reads a count: the grants of a tree would be made one by one, and that is what would be measured (decision 17).
    private const string ThatDecide = """
        permit (principal in Class::"agent", action in Action::"read", resource) when { context.path like "acme/*" && context.task.depth < 3 };
        forbid (principal, action in Action::"egress", resource) when { context.task.history.data.containsAny(["confidential", "secret"]) };
        forbid (principal, action, resource) when { context.task.age > duration("8h") || context.now < datetime("2026-01-01") };
        forbid (principal, action, resource == Tool::"tickets") when { context.parameters has state && context.parameters.state == "closed" };

        """;

    /// <summary>Ten thousand, as a company may have them: four that look at a request of the benchmark, and the others for other workloads.</summary>
    public static string TenThousand() => ThatDecide + string.Join('\n', Enumerable.Range(0, ManyPolicies - 4).Select(i => string.Create(
        CultureInfo.InvariantCulture, $$"""forbid (principal == Workload::"w{{i}}", action, resource) when { context.task.depth > {{i % 8}} };""")));

    /// <summary>One workload by its uid that mints and serves the audience, one by join token that mints.</summary>
    public static string Yaml { get; } = string.Create(CultureInfo.InvariantCulture, $$"""
        trust_domains:
          example.test: {}
        tools:
          tickets:
            audience: {{Audience}}
            data: confidential
            egress: false
            bearer: true
            actions:
              read:
                risk: read
                parameters:
                  state: { one_of: [open, closed] }
        workloads:
          local:
            spiffe_id: spiffe://example.test/local
            owner: bench
            class: agent
            attest:
              - unix: { uid: {{Uid}} }
            allow:
              - { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }
            serves: [{{Audience}}]
            limits: { live_tasks: 1000, calls_per_second: 100000, max_time_to_live: 1h, max_budget: 1000000 }
          {{Joined}}:
            spiffe_id: spiffe://example.test/joined
            owner: bench
            class: agent
            attest:
              - join_token: true
            allow:
              - { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }
            limits: { live_tasks: 1000, calls_per_second: 100000, max_time_to_live: 1h, max_budget: 1000000 }
        """);

    private static string Uid => File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
}
