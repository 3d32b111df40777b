using System.Globalization;
using CredBroker.V1;
using Google.Protobuf;

namespace CredBroker.IntegrationTests;

/// <summary>The catalog that tests run on, with the user of the test process as the kernel-attested agent.</summary>
public static class TestCatalog
{
    public const string Agent = "spiffe://example.test/agent";
    public const string Other = "spiffe://example.test/other";
    public const string Backend = "spiffe://example.test/backend";
    public const string Audience = "https://tickets.example.test";

    /// <summary>What the allow-lists allow is permitted, but for what is privileged.</summary>
    public const string Policies = """
        @id("not-privileged")
        permit (principal, action in [Action::"read", Action::"write", Action::"egress"], resource);
        """;

    /// <summary>broker.yaml of a trust domain whose certificates are in example.pem: a pod by its SVID; a runner and a backend by join token.</summary>
    public const string OfCertificates = $$"""
        trust_domains:
          example.org:
            x509: { bundle_file: example.pem }
        tools:
          tickets:
            audience: {{TestCatalog.Audience}}
            data: internal
            egress: false
            actions:
              read:
                risk: read
                parameters:
                  state: { one_of: [open, closed] }
        workloads:
          pod:
            spiffe_id: spiffe://example.org/workloads/pod
            owner: tests
            class: agent
            attest: [{ x509: { spiffe_id: "spiffe://example.org/agent" } }]
            allow: [{ tool: tickets, actions: [read], resource: acme/** }]
          runner:
            spiffe_id: spiffe://example.org/workloads/runner
            owner: tests
            class: agent
            attest: [{ join_token: true }]
            allow: [{ tool: tickets, actions: [read], resource: acme/** }]
          backend:
            spiffe_id: spiffe://example.org/workloads/backend
            owner: tests
            class: backend
            attest: [{ join_token: true }]
            serves: [{{TestCatalog.Audience}}]
        """;

    /// <summary>broker.yaml: the agent by its uid; another agent, a backend and a limited agent by join token.</summary>
    public static string Yaml(int callsPerSecond = 100_000) => string.Create(CultureInfo.InvariantCulture, $$"""
        trust_domains:
          example.test: {}
        tools:
          tickets:
            audience: {{Audience}}
            data: confidential
            egress: false
            actions:
              read:
                risk: read
                parameters:
                  state: { one_of: [open, closed] }
              write: { risk: write }
          mail:
            audience: https://mail.example.test
            data: internal
            egress: true
            bearer: true
            actions:
              send: { risk: write }
          deploy:
            audience: https://deploy.example.test
            data: internal
            egress: false
            actions:
              release: { risk: privileged }
        workloads:
          agent:
            spiffe_id: {{Agent}}
            owner: tests
            class: agent
            attest:
              - unix: { uid: {{Environment.IsPrivilegedProcess switch { true => 0, false => Uid() }}} }
            allow:
              - { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }
              - { tool: tickets, actions: [write], resource: acme/support/* }
              - { tool: mail, actions: [send], resource: customers/* }
              - { tool: deploy, actions: [release], resource: services/helpdesk }
            limits: { live_tasks: 50, calls_per_second: {{callsPerSecond}}, max_time_to_live: 2h, max_budget: 100000 }
          other:
            spiffe_id: {{Other}}
            owner: tests
            class: agent
            attest:
              - join_token: true
            allow:
              - { tool: tickets, actions: [read], resource: acme/** }
            limits: { live_tasks: 2, calls_per_second: 20, max_time_to_live: 1m, max_budget: 3 }
          backend:
            spiffe_id: {{Backend}}
            owner: tests
            class: backend
            attest:
              - join_token: true
            serves: [{{Audience}}]
            limits: { calls_per_second: 100000 }
        """);

    /// <summary>A request that puts it in force.</summary>
    public static ApplyCatalogRequest Apply(string yaml, string policies = Policies) => new()
    {
        RequestId = TestBroker.NewId(),
        Files =
        {
            new CatalogFile { Name = "broker.yaml", Content = ByteString.CopyFromUtf8(yaml) },
            new CatalogFile { Name = "policies.cedar", Content = ByteString.CopyFromUtf8(policies) },
        },
    };

    /// <summary>Writes it into a folder, which is made.</summary>
    public static async Task<string> WriteAsync(string folder, string? yaml = null, string policies = Policies)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "broker.yaml"), yaml ?? Yaml());
        await File.WriteAllTextAsync(Path.Combine(folder, "policies.cedar"), policies);
        return folder;
    }

    private static uint Uid() => uint.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);
}
