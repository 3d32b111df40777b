using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>The shape of schema that a broker makes of its catalog of tools, and policies as a security engineer writes them over it.</summary>
public sealed class BrokerPoliciesTests
{
    private const string Schema = """
        entity Class;
        entity Workload in [Class] { owner: String, trust_domain: String, attested_by: String };
        entity Tool { audience: String, data: String, egress: Bool };
        type History = { data: Set<String>, tools: Set<String>, egress: Bool, reads: Long, writes: Long, privileged: Long };
        type Task = { intent: String, initiator: String, depth: Long, age: duration, issued: Long, history: History };
        action read, write, privileged, egress;
        action "github.issues.read" in [read] appliesTo { principal: Workload, resource: Tool, context: {
          phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: { repo: String } } };
        action "mail.send" in [write, egress] appliesTo { principal: Workload, resource: Tool, context: {
          phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: { to: String } } };
        """;

    private const string Policies = """
        @id("orchestrators-write") permit (principal in Class::"orchestrator", action in Action::"write", resource)
        when { context.task.history.writes < 5 };

        @id("no-egress-after-confidential") forbid (principal, action in Action::"egress", resource)
        when { context.task.history.data.containsAny(["confidential", "secret"]) };

        @id("privileged-needs-a-human") @approvers("sre") @max_ttl("60s")
        permit (principal, action in Action::"privileged", resource) when { context.approved };

        @id("main-is-protected") forbid (principal, action, resource)
        when { context.parameters has branch && context.parameters.branch == "main" } unless { context.approved };
        """;

    [Fact]
    public void They_are_valid_and_what_no_tool_of_the_catalog_meets_is_a_warning()
    {
        var result = PolicyValidator.Validate(Schemas.Policies(Policies), Schemas.Read(Schema), new() { AcceptsInapplicablePolicies = true });

        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        // No tool here is privileged, and none has a branch.
        Assert.Equal(["policy2", "policy3"], result.Warnings.Select(warning => warning.Policy?.Value));
    }
}
