using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;

namespace CredBroker.Cedar.Validation;

/// <summary>Holds policies against a schema, strictly: every expression must have one type in every kind of request that the schema has.</summary>
public static class PolicyValidator
{
    /// <summary>Validates the policies, templates and links of a set.</summary>
    public static ValidationResult Validate(PolicySet policies, CedarSchema schema) => Validate(policies, schema, ValidationOptions.Default);

    /// <summary>Validates the policies, templates and links of a set.</summary>
    public static ValidationResult Validate(PolicySet policies, CedarSchema schema, ValidationOptions options)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new Findings();
        var check = new PolicyCheck(schema, findings, options);
        foreach (var (id, policy) in policies.Policies) check.Check(id, policy);
        foreach (var (id, template) in policies.Templates) check.Check(id, template);
        foreach (var (id, link) in policies.Links) check.Check(id, link, policies.Templates[link.TemplateId]);
        return findings.ToResult();
    }
}
