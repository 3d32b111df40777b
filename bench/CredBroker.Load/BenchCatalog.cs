using System.Globalization;

namespace CredBroker.Load;

/// <summary>The catalog of the benchmark. The limits are as high as they go: nothing is measured but work.</summary>
internal static class BenchCatalog
{
    public const string Audience = "https://tickets.example.test";
    public const string Joined = "joined";

    public const string Policies = """permit (principal, action in [Action::"read", Action::"write", Action::"egress"], resource);""";

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
