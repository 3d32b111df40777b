using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>
/// Policies, templates and links, each with an id of its own. Immutable; made by reading text or JSON, or by a
/// <see cref="PolicySetBuilder"/>.
/// </summary>
public sealed class PolicySet
{
    internal PolicySet(
        ImmutableSortedDictionary<PolicyId, CedarPolicy> policies,
        ImmutableSortedDictionary<PolicyId, CedarPolicy> templates,
        ImmutableSortedDictionary<PolicyId, TemplateLink> links) => (Policies, Templates, Links) = (policies, templates, links);

    /// <summary>Without policies: denies everything.</summary>
    public static PolicySet Empty { get; } = new PolicySetBuilder().Build();

    /// <summary>The policies, without the links.</summary>
    public ImmutableSortedDictionary<PolicyId, CedarPolicy> Policies { get; }

    /// <summary>The templates, which decide nothing by themselves.</summary>
    public ImmutableSortedDictionary<PolicyId, CedarPolicy> Templates { get; }

    /// <summary>The links, each of which decides like a policy.</summary>
    public ImmutableSortedDictionary<PolicyId, TemplateLink> Links { get; }

    /// <summary>Reads policies and templates from text.</summary>
    /// <returns>False when there is any mistake, with all of them, each with its place.</returns>
    public static bool TryParse(
        SourceText text, [NotNullWhen(true)] out PolicySet? policies, out ImmutableArray<CedarError> errors,
        PolicyNaming naming = PolicyNaming.ByPosition)
    {
        var builder = new PolicySetBuilder();
        policies = builder.TryAddText(text, out errors, naming) ? builder.Build() : null;
        return policies is not null;
    }

    /// <summary>Reads policies from text, which messages call <c>policies</c>.</summary>
    /// <returns>False when there is any mistake, with all of them, each with its place.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out PolicySet? policies, out ImmutableArray<CedarError> errors) =>
        TryParse(new SourceText("policies", text), out policies, out errors);

    /// <summary>Reads a set from JSON: <c>{"staticPolicies", "templates", "templateLinks"}</c>, each of which may be missing.</summary>
    /// <returns>False when there is any mistake.</returns>
    public static bool TryParseJson(SourceText json, [NotNullWhen(true)] out PolicySet? policies, out ImmutableArray<CedarError> errors) =>
        PolicySetJson.TryRead(json, out policies, out errors);

    /// <summary>The set as JSON, always the same for the same set: reads back to an equal one.</summary>
    public string ToJson() => PolicySetJson.Write(this);

    /// <summary>The policies and templates as text, in the order of their ids, which the text does not have, nor the links.</summary>
    public override string ToString() => PolicyPrinter.Print(Policies.Values.Concat(Templates.Values));
}
