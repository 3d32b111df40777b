using System.Globalization;
using System.Text;
using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;

namespace CredBroker.Load.Policies;

/// <summary>What stands between a text of ten thousand policies, as a broker has them, and the first decision.</summary>
internal sealed class LoadingCell
{
    public const int Policies = 10_000;

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

    private static readonly string[] s_forms =
    [
        "permit (principal in Class::\"c#\", action in Action::\"write\", resource) when { context.task.history.writes < # };",
        "forbid (principal, action in Action::\"egress\", resource) when { context.task.history.data.containsAny([\"confidential\", \"d#\"]) };",
        "@id(\"p#\") permit (principal, action, resource == Tool::\"t#\") when { context.approved && principal.owner == \"o#\" };",
        "forbid (principal, action, resource) when { context.parameters has repo && context.parameters.repo == \"r#\" } unless { context.approved };",
    ];

    private readonly SourceText _text = new("bench.cedar", string.Join('\n', Enumerable.Range(0, Policies)
        .Select(i => s_forms[i % s_forms.Length].Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))));

    private readonly CedarSchema _schema =
        CedarSchema.TryParse(new("bench.cedarschema", Schema), out var schema, out var errors) ? schema : throw new InvalidOperationException($"{errors[0]}");

    public LoadingCell()
    {
        Load = new(string.Create(CultureInfo.InvariantCulture, $"parse and validate {Policies:N0} policies"), 1, _ => Validate(Parse()));
        Parsing = new("parse alone", 1, _ => Parse());
    }

    public Rounds Load { get; }

    public Rounds Parsing { get; }

    /// <summary>Characters of the policies.</summary>
    public int Length => _text.Text.Length;

    public Rounds Compiling()
    {
        var set = Parse();
        return new("compile and index, after that", 1, _ => PolicySnapshot.Compile(set));
    }

    /// <summary>The floor: the same policies as JSON, only taken apart.</summary>
    public Rounds Floor()
    {
        var json = Encoding.UTF8.GetBytes(Parse().ToJson());
        return new(string.Create(CultureInfo.InvariantCulture, $"floor: the same as JSON ({json.Length:N0} bytes), read by System.Text.Json"), 1, _ => JsonDocument.Parse(json).Dispose());
    }

    // A text remembers where its lines begin: it is a new one each time.
    private PolicySet Parse() =>
        PolicySet.TryParse(new SourceText(_text.File, _text.Text), out var set, out var errors) ? set : throw new InvalidOperationException($"{errors[0]}");

    private void Validate(PolicySet set)
    {
        if (!PolicyValidator.Validate(set, _schema).IsValid) throw new InvalidOperationException("a policy is not valid");
    }
}
