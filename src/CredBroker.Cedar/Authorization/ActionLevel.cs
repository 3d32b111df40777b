using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>Policies that differ in nothing but their actions, as far as scopes go.</summary>
internal sealed class ActionLevel
{
    private List<CompiledPolicy>? _any;
    private Dictionary<EntityUid, List<CompiledPolicy>>? _equal;
    private Dictionary<EntityUid, List<Member>>? _in;

    internal void Add(CompiledPolicy policy)
    {
        var actions = policy.Policy.Action.Actions.Select(action => action.Uid).Distinct().ToArray();
        switch (policy.Policy.Action)
        {
            case ActionConstraint.Any:
                (_any ??= []).Add(policy);
                break;
            case ActionConstraint.Equal:
                Add(_equal ??= [], actions[0], policy);
                break;
            default:
                _in ??= [];
                for (var i = 0; i < actions.Length; i++) Add(_in, actions[i], new(policy, actions, i));
                break;
        }
    }

    internal void Decide(ref Frame frame, AuthorizationResult result)
    {
        if (_any is not null) Decide(_any, ref frame, result);
        if (_equal is not null && _equal.TryGetValue(frame.Action, out var equal)) Decide(equal, ref frame, result);
        if (_in is null) return;
        DecideIn(_in, frame.Action, ref frame, result);
        if (frame.ActionEntity is not { } stored) return;
        foreach (var ancestor in stored.Ancestors) DecideIn(_in, ancestor, ref frame, result);
    }

    private static void Add<T>(Dictionary<EntityUid, List<T>> map, EntityUid action, T item)
    {
        if (!map.TryGetValue(action, out var list)) map.Add(action, list = new(1));
        list.Add(item);
    }

    private static void Decide(List<CompiledPolicy> policies, ref Frame frame, AuthorizationResult result)
    {
        foreach (var policy in policies) Decide(policy, ref frame, result);
    }

    private static void DecideIn(Dictionary<EntityUid, List<Member>> map, EntityUid action, ref Frame frame, AuthorizationResult result)
    {
        if (!map.TryGetValue(action, out var members)) return;
        foreach (var member in members)
            if (member.IsFirstOf(ref frame)) Decide(member.Policy, ref frame, result);
    }

    private static void Decide(CompiledPolicy policy, ref Frame frame, AuthorizationResult result)
    {
        var value = policy.Condition is null ? CedarValue.True : policy.Condition.Evaluate(ref frame);
        if (value.IsTrue)
            result.Add(policy);
        else if (value.IsNone)
            result.Add(policy, frame.Failure);
    }

    /// <summary>One action of a policy's list. An action may be in several of a list; the policy is decided at the first of them.</summary>
    private readonly record struct Member(CompiledPolicy Policy, EntityUid[] Actions, int Position)
    {
        internal bool IsFirstOf(ref Frame frame)
        {
            for (var i = 0; i < Position; i++)
                if (frame.IsIn(frame.Action, Actions[i])) return false;
            return true;
        }
    }
}
