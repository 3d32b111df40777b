using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>Policies that differ in nothing but their actions, as far as scopes go.</summary>
internal sealed class ActionLevel
{
    private PolicyList? _any;
    private UidMap<PolicyList> _equal;
    private UidMap<PolicyList> _in;

    internal void Add(CompiledPolicy policy, Func<EntityUid, EntityUid> unify)
    {
        switch (policy.Policy.Action)
        {
            case ActionConstraint.Any:
                (_any ??= new()).Add(policy);
                break;
            case ActionConstraint.Equal equal:
                _equal.At(unify(equal.Action.Uid), MakeList).Add(policy);
                break;
            default:
                foreach (var uid in policy.Policy.Action.Actions.Select(action => action.Uid).Distinct()) _in.At(unify(uid), MakeList).Add(policy);
                break;
        }
    }

    internal void Decide(ref Frame frame, AuthorizationResult result)
    {
        if (_any is not null) Decide(_any, ref frame, result);
        if (_equal.Find(frame.Action) is { } equal) Decide(equal, ref frame, result);
        if (_in.IsEmpty) return;
        DecideIn(frame.Action, ref frame, result);
        if (frame.ActionEntity is not { } stored) return;
        foreach (var ancestor in stored.Ancestors) DecideIn(ancestor, ref frame, result);
    }

    private static PolicyList MakeList() => new();

    private static void Decide(PolicyList policies, ref Frame frame, AuthorizationResult result)
    {
        foreach (var policy in policies) Decide(policy, ref frame, result);
    }

    private void DecideIn(EntityUid action, ref Frame frame, AuthorizationResult result)
    {
        if (_in.Find(action) is not { } policies) return;
        // An action may be in several of a list: such a policy is decided once.
        foreach (var policy in policies)
            if (!policy.HasActions || result.IsFirst(policy)) Decide(policy, ref frame, result);
    }

    private static void Decide(CompiledPolicy policy, ref Frame frame, AuthorizationResult result)
    {
        var value = policy.Condition is null ? CedarValue.True : policy.Condition.Evaluate(ref frame);
        if (value.IsTrue)
            result.Add(policy);
        else if (value.IsNone)
            result.Add(policy, frame.Failure);
    }
}
