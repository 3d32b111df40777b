using System.Collections.Frozen;
using System.Globalization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Validation;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies;

/// <summary>
/// Reads the policies of a catalog and holds them against the schema that follows from it: what is taken never fails for its types, and
/// names nothing that the catalog does not have without a word said.
/// </summary>
internal sealed class PolicyReader(
    FrozenDictionary<ToolName, Tool> tools, FrozenDictionary<SpiffeId, Workload> workloads, FrozenDictionary<CatalogName, ApproverGroup> groups,
    CatalogErrors errors)
{
    /// <summary>As many as decisions were measured with.</summary>
    internal const int MaxPolicies = 10_000;

    /// <summary>Pairs of a policy and an action that it is about: what validation costs.</summary>
    internal const int MaxPairs = 500_000;

    private readonly AnnotationReader _annotations = new(groups, errors);
    private readonly PolicySetBuilder _builder = new();
    private readonly Dictionary<PolicyId, PolicyNotes> _notes = [];

    /// <summary>Compiles the policies of files that all read; what is wrong with them, or hardly meant, is reported.</summary>
    internal CatalogPolicies Read(IReadOnlyCollection<PolicyFile> files)
    {
        if (files.All(file => file.Policies.IsEmpty))
        {
            errors.Warn(CatalogErrorKind.Ineffective, new(CatalogFiles.Main, 1, 1), "there are no policies: nothing is permitted");
            return CatalogPolicies.None;
        }

        var before = errors.Count;
        foreach (var file in files) Take(file);
        var policies = _builder.Build();
        if (IsTooMany(policies, files.First(file => !file.Policies.IsEmpty).Name)) return CatalogPolicies.None;
        Validate(policies);
        new PolicyWarnings(tools, workloads, errors).Look(policies);
        if (errors.Count > before) return CatalogPolicies.None;
        var compiled = CatalogPolicies.Compile(policies, _notes, tools.Values, workloads.Values);
        CheckApprovers(policies, compiled);
        return errors.Count > before ? CatalogPolicies.None : compiled;
    }

    private void Take(PolicyFile file)
    {
        foreach (var (id, policy) in file.Named())
        {
            if (_notes.ContainsKey(id))
            {
                var at = policy.Annotations.FirstOrDefault(annotation => annotation.Name == AnnotationReader.Id) is { Name: not null } named
                    ? AnnotationReader.PlaceOf(policy, named)
                    : PolicyPlaces.Of(policy.Source!, policy.Span);
                errors.Add(CatalogErrorKind.DuplicateName, at, $"the id {Quoting.Quote(id.Value)} is taken by another policy", "an @id of its own");
            }
            else if (!_builder.TryAdd(id, policy, out var error))
                PolicyPlaces.AddTo(errors, [error], file.Name);

            _notes[id] = _annotations.Read(policy);
        }
    }

    private bool IsTooMany(PolicySet policies, string file)
    {
        if (policies.Policies.Count > MaxPolicies)
        {
            errors.Add(CatalogErrorKind.TooLarge, new(file, 1, 1), "too many policies", string.Create(CultureInfo.InvariantCulture, $"at most {MaxPolicies}"));
            return true;
        }

        var members = new ActionMembers(tools.Values);
        var pairs = policies.Policies.Values.Sum(policy => members.Of(policy.Action).LongCount());
        if (pairs <= MaxPairs) return false;
        errors.Add(CatalogErrorKind.TooLarge, new(file, 1, 1), "too many policies about too many actions",
            string.Create(CultureInfo.InvariantCulture, $"at most {MaxPairs} pairs of a policy and an action that it is about"));
        return true;
    }

    private void Validate(PolicySet policies)
    {
        var text = SchemaText.Of(tools.Values, workloads.Values);
        if (!CedarSchema.TryParse(new SourceText("the schema", text), out var schema, out var mistakes))
            throw new System.Diagnostics.UnreachableException(mistakes[0].ToString());
        var result = PolicyValidator.Validate(policies, schema, new() { AcceptsInapplicablePolicies = true });
        PolicyPlaces.AddTo(errors, result.Errors, CatalogFiles.Main);
        foreach (var warning in result.Warnings)
            errors.Warn(CatalogErrorKind.Ineffective, PolicyPlaces.Of(warning, CatalogFiles.Main), $"policy {Quoting.Quote(warning.Policy?.Value ?? "")}: {warning.Message}");
        var never = result.Warnings.Select(warning => warning.Policy).ToHashSet();
        if (result.IsValid && !policies.Policies.Any(policy => policy.Value.Effect == Effect.Permit && !never.Contains(policy.Key)))
            errors.Warn(CatalogErrorKind.Ineffective, new(CatalogFiles.Main, 1, 1), "no policy permits anything: nothing is permitted");
    }

    // Without a policy that asks for it, no approval is ever the difference.
    private void CheckApprovers(PolicySet policies, CatalogPolicies compiled)
    {
        if (compiled.Use.Approved) return;
        foreach (var policy in policies.Policies.Values)
            foreach (var annotation in policy.Annotations.Where(annotation => annotation.Name == "approvers"))
                errors.Add(CatalogErrorKind.BadPolicy, AnnotationReader.PlaceOf(policy, annotation), "@approvers has no effect",
                    "a policy whose conditions read context.approved");
    }
}
