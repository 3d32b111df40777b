using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>Puts a <see cref="PolicySet"/> together. Not safe to share; what it builds is.</summary>
public sealed class PolicySetBuilder
{
    private readonly ImmutableSortedDictionary<PolicyId, CedarPolicy>.Builder _policies = ImmutableSortedDictionary.CreateBuilder<PolicyId, CedarPolicy>();
    private readonly ImmutableSortedDictionary<PolicyId, CedarPolicy>.Builder _templates = ImmutableSortedDictionary.CreateBuilder<PolicyId, CedarPolicy>();
    private readonly ImmutableSortedDictionary<PolicyId, TemplateLink>.Builder _links = ImmutableSortedDictionary.CreateBuilder<PolicyId, TemplateLink>();

    /// <summary>Adds a policy, or a template when it has slots.</summary>
    /// <returns>False when the id is taken or a limit is exceeded (<see cref="CedarLimits"/>).</returns>
    public bool TryAdd(PolicyId id, CedarPolicy policy, [NotNullWhen(false)] out CedarError? error)
    {
        ArgumentNullException.ThrowIfNull(id.Value);
        ArgumentNullException.ThrowIfNull(policy);
        error = ProblemWith(id) is { } problem ? new CedarError(policy.Source, policy.Span, problem) { Policy = id } : null;
        foreach (var condition in policy.Conditions)
            if (condition.Body.Depth > CedarLimits.MaxDepth)
                error ??= new CedarError(policy.Source, condition.Span, "this condition nests too deep", Expected.AtMost(CedarLimits.MaxDepth)) { Policy = id };
        if (error is not null) return false;
        (policy.IsTemplate ? _templates : _policies).Add(id, policy);
        return true;
    }

    /// <summary>Adds all policies and templates of a text, or none.</summary>
    /// <returns>False when there is any mistake, or an id is taken.</returns>
    public bool TryAddText(SourceText text, out ImmutableArray<CedarError> errors, PolicyNaming naming = PolicyNaming.ByPosition)
    {
        if (!PolicyParser.TryParse(text, out var policies, out errors)) return false;
        var list = new ErrorList(text);
        var added = new List<PolicyId>();
        for (var i = 0; i < policies.Length; i++)
        {
            var id = NameOf(policies[i], i, naming);
            if (TryAdd(id, policies[i], out var error))
                added.Add(id);
            else
                list.Add(error);
        }

        errors = list.ToArray();
        if (errors.IsEmpty) return true;
        foreach (var id in added)
            if (!_policies.Remove(id)) _templates.Remove(id);
        return false;
    }

    /// <summary>Fills the slots of a template that was added before.</summary>
    /// <returns>False when there is no such template, the id is taken, or other slots are filled than the template has.</returns>
    public bool TryLink(TemplateLink link, [NotNullWhen(false)] out CedarError? error)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(link.Id.Value);
        ArgumentNullException.ThrowIfNull(link.TemplateId.Value);
        error = (ProblemWith(link.Id) ?? ProblemWith(link)) is { } problem ? new CedarError(null, default, problem) { Policy = link.Id } : null;
        if (error is not null) return false;
        _links.Add(link.Id, link);
        return true;
    }

    /// <summary>What was added so far.</summary>
    public PolicySet Build() => new(_policies.ToImmutable(), _templates.ToImmutable(), _links.ToImmutable());

    private static PolicyId NameOf(CedarPolicy policy, int position, PolicyNaming naming) =>
        naming == PolicyNaming.ByAnnotation && policy.TryGetAnnotation("id", out var id) && id is not null
            ? new(id)
            : new(string.Create(CultureInfo.InvariantCulture, $"policy{position}"));

    private string? ProblemWith(PolicyId id)
    {
        if (_policies.ContainsKey(id) || _templates.ContainsKey(id) || _links.ContainsKey(id))
            return $"the id {Quoting.Code(id.Value)} is taken";
        return _policies.Count + _templates.Count + _links.Count < CedarLimits.MaxPolicies ? null : "too many policies";
    }

    private string? ProblemWith(TemplateLink link)
    {
        if (!_templates.TryGetValue(link.TemplateId, out var template)) return $"there is no template {Quoting.Code(link.TemplateId.Value)}";
        foreach (var slot in new[] { Slot.Principal, Slot.Resource })
        {
            var isFilled = link.ValueOf(slot) is not null;
            if (isFilled == template.Slots.Contains(slot)) continue;
            var name = slot == Slot.Principal ? "`?principal`" : "`?resource`";
            return isFilled ? $"the template {Quoting.Code(link.TemplateId.Value)} has no slot {name}" : $"nothing is given for the slot {name}";
        }

        return null;
    }
}
