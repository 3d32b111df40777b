using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Validation;

/// <summary>Validates one policy after another: its names, its scope, its conditions in each kind of request that the scope leaves.</summary>
internal sealed class PolicyCheck(CedarSchema schema, Findings findings, ValidationOptions options)
{
    private readonly NameCheck _names = new(schema, findings);
    private readonly Applicability _scopes = new(schema);
    private readonly LookAlikes _lookAlikes = new(findings);

    internal void Check(PolicyId id, CedarPolicy policy)
    {
        findings.Begin(id, policy);
        _names.Check(policy);
        var hasUnknownScope = findings.Count > 0;
        foreach (var condition in policy.Conditions) _names.Check(condition.Body);
        CheckActions(policy);
        _lookAlikes.Check(policy);
        if (!_scopes.HasAny(policy))
        {
            if (!hasUnknownScope) RefuseScope(policy);
        }
        else if (!policy.Conditions.IsEmpty && IsImpossible(policy))
            findings.Warn(policy.Span, "the conditions of this policy can never hold", "a policy that can apply to some request");
    }

    /// <summary>A link has its template's conditions, which are checked there; its own are only the entities that fill the slots.</summary>
    internal void Check(PolicyId id, TemplateLink link, CedarPolicy template)
    {
        var policy = link.Apply(template);
        findings.Begin(id, policy);
        _names.CheckSlot(link.Principal, policy.Span);
        _names.CheckSlot(link.Resource, policy.Span);
        // An action that the schema does not have spoils the whole list.
        var isKnown = policy.Action.Actions.All(action => schema.Actions.ContainsKey(action.Uid));
        if (findings.Count == 0 && !(isKnown && _scopes.HasAny(policy))) RefuseScope(policy);
    }

    private void RefuseScope(CedarPolicy policy)
    {
        const string problem = "no request that the schema has fits this scope";
        const string expected = "principals and resources that some action applies to";
        if (options.AcceptsInapplicablePolicies) findings.Warn(policy.Span, problem, expected);
        else findings.Error(policy.Span, problem, expected);
    }

    private void CheckActions(CedarPolicy policy)
    {
        if (policy.Action is not ActionConstraint.InSet set || !_scopes.HasPrincipal(policy)) return;
        if (set.Members.IsEmpty)
            findings.Error(policy.Span, "this list of actions is empty, and has no type", "one action or more");
        foreach (var member in set.Members.Skip(1))
            if (!member.Uid.Type.Equals(set.Members[0].Uid.Type) && schema.Actions.ContainsKey(member.Uid) && schema.Actions.ContainsKey(set.Members[0].Uid))
                findings.Error(member.Span, $"the types `{set.Members[0].Uid.Type}` and `{member.Uid.Type}` are in one list", "actions of one type");
    }

    private bool IsImpossible(CedarPolicy policy)
    {
        var isImpossible = true;
        foreach (var environment in _scopes.Of(policy, VariableUse.Of(policy)))
        {
            var (before, checker) = (findings.Count, new TypeChecker(schema, environment, findings));
            isImpossible &= checker.IsNeverTrue(policy.Conditions) && findings.Count == before;
            if (findings.IsFull) return false;
        }

        return isImpossible;
    }
}
