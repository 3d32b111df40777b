using System.Text;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Catalog;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Policies;

public sealed class SchemaTextTests
{
    [Fact]
    public void A_catalog_has_one_schema_and_it_is_made_to_be_read()
    {
        var schema = SchemaText.Of(CatalogText.Valid(CatalogText.Of()).Catalog);

        Assert.StartsWith("""
            // What policies may rely on, made from broker.yaml: it is not written by hand, and not applied.

            // The class of workloads. There is "support".
            entity Class;

            // Who asks: the workload that the task belongs to. There is "agent".
            // attested_by is how this caller proved itself: "unix_peer", "jwt", "x509_peer" or "join_token".
            entity Workload in [Class] { owner: String, trust_domain: String, attested_by: String };

            // What is to be called, as the action that is asked for has it. There is "tickets".
            // data is "public", "internal", "confidential" or "secret"; egress says that data can be carried out.
            entity Tool { audience: String, data: String, egress: Bool };

            """, schema, StringComparison.Ordinal);
        Assert.Contains("\n  by_tool: { tickets: Long },\n", schema, StringComparison.Ordinal);
        Assert.EndsWith("""

            action "tickets.close" in [write] appliesTo { principal: Workload, resource: Tool, context: {
              phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: {} } };
            action "tickets.read" in [read] appliesTo { principal: Workload, resource: Tool, context: {
              phase: String, task: Task, path: String, now: datetime, approved: Bool, parameters: { deep?: Bool, limit: Long, page?: Long, query?: String, state: String } } };

            """, schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_words_of_the_language_or_no_identifiers_are_quoted()
    {
        var rule = Rules.Of("git-hub.issues", "in") with { Egress = true, Risk = RiskClass.Privileged, Parameters = Policed.Typed(("like", ParameterType.Bool), ("must_be", ParameterType.Long)) };
        var schema = SchemaText.Of(Policed.ToolsOf(rule).Values, Policed.Workloads.Values);

        Assert.Contains("""by_tool: { "git-hub.issues": Long }""", schema, StringComparison.Ordinal);
        Assert.Contains("""action "git-hub.issues.in" in [privileged, egress]""", schema, StringComparison.Ordinal);
        Assert.Contains("""parameters: { "like"?: Bool, must_be: Long }""", schema, StringComparison.Ordinal);
        Assert.True(CedarSchema.TryParse(new SourceText("s", schema), out _, out var mistakes), string.Join('\n', mistakes));
    }

    [Fact]
    public void A_schema_needs_no_valid_policies_and_not_even_a_tool()
    {
        (string, ReadOnlyMemory<byte>)[] files = [("broker.yaml", "{}"u8.ToArray()), ("p.cedar", "permit"u8.ToArray())];

        Assert.True(CedarSchema.TryParse(new SourceText("s", SchemaText.Of(files)!), out _, out _));
        Assert.Null(SchemaText.Of([("broker.yaml", Encoding.UTF8.GetBytes("tols: {}"))]));
    }

    [Fact]
    public void What_policies_are_asked_fits_the_schema_they_were_written_against()
    {
        var rules = new[]
        {
            Rules.Of("issues", "read") with { Parameters = Policed.Typed(("must_state", ParameterType.String), ("page", ParameterType.Long)) }, Rules.Of("mail", "send") with { Egress = true },
        };
        var all = Policed.By("permit (principal, action, resource) when { context == context };", rules);
        Assert.True(CedarSchema.TryParse(new SourceText("s", SchemaText.Of(Policed.ToolsOf(rules).Values, Policed.Workloads.Values)), out var schema, out _));
        var now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
        Capability[] asked =
        [
            Make.Capability("issues", "read", "acme/1", ("must_state", Make.OneOf("open"))),
            Make.Capability("issues", "read", "acme/1", ("must_state", Make.OneOf("open")), ("page", Make.Range(1, 1))), Make.Capability("mail", "send", "out/1"),
        ];
        foreach (var capability in asked)
        {
            var question = new PolicyQuestion
            {
                Phase = PolicyPhase.Authorize, Workload = Facts.Triage, AttestedBy = EvidenceKind.Jwt, Task = Facts.Task(now) with { History = ["data:secret", "tool:x"] }, Capability = capability,
            };
            var action = all.ActionOf(capability)!;
            var request = new CedarRequest(all.PrincipalOf(Facts.Triage)!.Uid, action.Uid, action.Tool, new PolicyContext(question, all.Use, now).With(approved: true));

            Assert.Empty(RequestValidator.Validate(request, schema));
            Assert.IsType<Judgement.Allowed>(Judging.Judge(all, question, now));
        }
    }
}
